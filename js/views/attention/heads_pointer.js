/**
 * Mouse, pen and finger over the heads mode. A finger cannot hover: its first tap looks, its second
 * pins.
 *
 * @typedef {import("./heads.js").Pointed} Pointed
 * @typedef {object} Actions
 * @property {(target: EventTarget | null) => Pointed | null} tokenAt
 * @property {(pointed: Pointed | null) => void} point
 * @property {(pointed: Pointed) => boolean} isPointed
 * @property {(pointed: Pointed, adding: boolean) => void} pin
 * @property {() => void} release
 * @property {(event: PointerEvent) => void} showSquare
 * @property {() => void} hideSquare
 * @property {(x: number) => boolean} onRuler
 * @property {(share: number) => void} scrollTo
 */

/**
 * @param {HTMLElement} scroller
 * @param {Actions} actions
 * @returns {() => void}
 */
export function pointerFor(scroller, actions) {
  const off = new AbortController();
  const listen = { signal: off.signal };
  let dragging = false;

  /** @param {PointerEvent} event */
  function drag(event) {
    const frame = scroller.getBoundingClientRect();
    actions.scrollTo((event.clientY - frame.top) / frame.height);
  }

  scroller.addEventListener(
    "pointerover",
    (event) => {
      if (event.pointerType !== "touch" && !dragging) actions.point(actions.tokenAt(event.target));
    },
    listen,
  );
  scroller.addEventListener(
    "pointermove",
    (event) => {
      if (dragging) drag(event);
      else if (actions.tokenAt(event.target)) actions.hideSquare();
      else actions.showSquare(event);
    },
    listen,
  );
  scroller.addEventListener(
    "pointerleave",
    (event) => {
      actions.hideSquare();
      if (event.pointerType !== "touch") actions.point(null);
    },
    listen,
  );
  scroller.addEventListener(
    "pointerdown",
    (event) => {
      if (!actions.onRuler(event.clientX - scroller.getBoundingClientRect().left)) return;
      dragging = true;
      scroller.setPointerCapture(event.pointerId);
      drag(event);
    },
    listen,
  );
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"]))
    scroller.addEventListener(
      end,
      () => {
        setTimeout(() => {
          dragging = false;
        });
      },
      listen,
    );
  // Shift adds a token; it must not select the text between.
  scroller.addEventListener(
    "mousedown",
    (event) => event.shiftKey && event.preventDefault(),
    listen,
  );
  scroller.addEventListener(
    "click",
    (event) => {
      if (dragging) return;
      const token = actions.tokenAt(event.target);
      const touch = /** @type {PointerEvent} */ (event).pointerType === "touch";
      if (!token) actions.release();
      else if (touch && !actions.isPointed(token)) actions.point(token);
      else actions.pin(token, event.shiftKey || event.metaKey || event.ctrlKey);
    },
    listen,
  );
  return () => off.abort();
}
