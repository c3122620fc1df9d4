/**
 * Hover, click, drag and touch on words.
 *
 * @typedef {import("./types.js").WordPlace} WordPlace
 */

import { listen } from "../../shared/dom.js";
import { followTaps } from "../../shared/taps.js";

/** A hand that moves less far has clicked. */
const STEADY = 5;

/**
 * @param {ReturnType<typeof import("./figure.js").createFigure>} figure
 * @param {object} told
 * @param {(at: WordPlace | null) => void} told.point
 * @param {(at: WordPlace, possible: boolean) => void} told.press
 * @param {() => boolean} told.draws Whether a drag draws a link.
 * @param {(from: WordPlace, event: PointerEvent) => void} told.drag
 * @param {(from: WordPlace, at: WordPlace | null, possible: boolean) => void} told.drop
 */
export function followHand(figure, { point, press, draws, drag, drop }) {
  const { element } = figure;
  const isFirstTap = followTaps(element);
  /** The word that a finger was on before. */
  let tapped = "";
  /** @type {{ from: WordPlace, id: number, x: number, y: number, isMoved: boolean } | null} */
  let held = null;
  /** The click that ends a drag is none. */
  let hasDragged = false;

  /** @param {PointerEvent} event */
  function isHeld({ pointerId, clientX, clientY }) {
    if (held?.id !== pointerId) return false;
    if (held.isMoved || Math.hypot(clientX - held.x, clientY - held.y) < STEADY)
      return held.isMoved;
    held.isMoved = true;
    hasDragged = true;
    // Earlier it would turn the click on a word into one on the figure.
    element.setPointerCapture(pointerId);
    return true;
  }

  function cancel() {
    held = null;
  }

  listen(element, {
    pointerover({ pointerType, target }) {
      if (pointerType !== "touch" && !held?.isMoved) point(figure.wordAt(target));
    },
    pointerleave({ pointerType }) {
      if (pointerType !== "touch" && !held?.isMoved) point(null);
    },
    pointerdown({ button, isPrimary, target, pointerId, clientX, clientY }) {
      hasDragged = false;
      const from = figure.wordAt(target);
      if (button || !isPrimary || !from || !draws()) return;
      held = { from, id: pointerId, x: clientX, y: clientY, isMoved: false };
    },
    pointermove(event) {
      if (held && isHeld(event)) drag(held.from, event);
    },
    pointerup(event) {
      if (held && isHeld(event)) drop(held.from, figure.wordUnder(event), event.shiftKey);
      held = null;
    },
    pointercancel() {
      if (held?.isMoved) drop(held.from, null, false);
      held = null;
    },
    focusin({ target }) {
      // A pointer says itself where it is.
      if (target instanceof Element && target.matches(":focus-visible"))
        point(figure.wordAt(target));
    },
    focusout: () => point(null),
    // Shift-click would select text.
    mousedown: (event) => event.shiftKey && event.preventDefault(),
    click(event) {
      if (hasDragged) return;
      const at = figure.wordAt(event.target);
      const before = tapped;
      tapped = at ? `${at.side} ${at.word}` : "";
      if (isFirstTap(tapped === before || draws()) || !at) point(at);
      else press(at, event.shiftKey);
    },
  });
  return { cancel };
}
