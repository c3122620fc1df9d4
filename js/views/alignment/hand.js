/**
 * Hover, click and touch on words: the first tap is a hover, the second a click.
 *
 * @typedef {import("./types.js").WordPlace} WordPlace
 */

/**
 * @param {ReturnType<typeof import("./figure.js").createFigure>} figure
 * @param {object} told
 * @param {(at: WordPlace | null) => void} told.point
 * @param {(at: WordPlace, possible: boolean) => void} told.press
 * @returns {() => void} Takes them off.
 */
export function followHand(figure, { point, press }) {
  const { element } = figure;
  const stop = new AbortController();
  const { signal } = stop;
  /** @type {string} Where a finger was before. */
  let tapped = "";
  let touching = false;

  element.addEventListener(
    "pointerover",
    (event) => {
      touching = event.pointerType === "touch";
      if (!touching) point(figure.wordAt(event.target));
    },
    { signal },
  );
  element.addEventListener(
    "pointerleave",
    (event) => {
      if (event.pointerType !== "touch") point(null);
    },
    { signal },
  );
  element.addEventListener(
    "focusin",
    (event) => {
      // A pointer says itself where it is.
      if (event.target instanceof Element && event.target.matches(":focus-visible"))
        point(figure.wordAt(event.target));
    },
    { signal },
  );
  element.addEventListener("focusout", () => point(null), { signal });
  element.addEventListener(
    "mousedown",
    (event) => {
      // Shift-click would select text.
      if (event.shiftKey) event.preventDefault();
    },
    { signal },
  );
  element.addEventListener(
    "click",
    (event) => {
      const at = figure.wordAt(event.target);
      if (!at) {
        tapped = "";
        if (touching) point(null);
        return;
      }
      const here = `${at.side} ${at.word}`;
      const first = touching && tapped !== here && !element.closest(".bvp-drawing");
      tapped = here;
      if (first) point(at);
      else press(at, event.shiftKey);
    },
    { signal },
  );
  return () => stop.abort();
}
