/**
 * Mouse, pen and finger over the heads mode.
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

import { listen } from "../../shared/dom.js";
import { followTaps } from "../../shared/taps.js";

/** @param {HTMLElement} scroller @param {Actions} actions */
export function followPointer(scroller, actions) {
  let dragging = false;
  const isFirstTap = followTaps(scroller);

  /** @param {PointerEvent} event */
  function drag(event) {
    const frame = scroller.getBoundingClientRect();
    actions.scrollTo((event.clientY - frame.top) / frame.height);
  }

  listen(scroller, {
    pointerover({ pointerType, target }) {
      if (pointerType !== "touch" && !dragging) actions.point(actions.tokenAt(target));
    },
    pointermove(event) {
      if (dragging) drag(event);
      else if (actions.tokenAt(event.target)) actions.hideSquare();
      else actions.showSquare(event);
    },
    pointerleave({ pointerType }) {
      actions.hideSquare();
      if (pointerType !== "touch") actions.point(null);
    },
    pointerdown(event) {
      dragging = actions.onRuler(event.clientX - scroller.getBoundingClientRect().left);
      if (!dragging) return;
      scroller.setPointerCapture(event.pointerId);
      drag(event);
    },
    // Shift adds a token; it must not select the text between.
    mousedown: (event) => event.shiftKey && event.preventDefault(),
    click(event) {
      const wasDragging = dragging;
      dragging = false;
      if (wasDragging) return;
      const token = actions.tokenAt(event.target);
      if (!token) actions.release();
      else if (isFirstTap(actions.isPointed(token))) actions.point(token);
      else actions.pin(token, event.shiftKey || event.metaKey);
    },
  });
}
