/**
 * A finger cannot hover: its first tap on a place looks at it, its second pins it.
 *
 * @param {HTMLElement} target
 * @returns {(isPointed: boolean) => boolean} Whether a click is a finger's first tap.
 */
export function followTaps(target) {
  let isFinger = false;
  for (const type of /** @type {const} */ (["pointerover", "pointerdown"]))
    target.addEventListener(type, ({ pointerType }) => {
      isFinger = pointerType === "touch";
    });
  return (isPointed) => isFinger && !isPointed;
}
