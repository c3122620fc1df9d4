/** Mouse, pen and finger over the scatter. A finger draws a lasso sideways: upwards it scrolls the page. */

import { listen } from "../../shared/dom.js";
import { followTaps } from "../../shared/taps.js";
import { inside } from "./near.js";

/** A shorter way is a click, in CSS pixels. */
const CLICK = 8;

/**
 * @param {import("./plot.js").Plot} plot
 * @param {object} actions
 * @param {(item: number) => void} actions.point
 * @param {(item: number) => void} actions.pin -1: the click met nothing.
 * @param {(items: number[], adding: boolean) => void} actions.select
 * @param {() => void} actions.reset
 */
export function followHand(plot, { point, pin, select, reset }) {
  /** @type {[number, number][] | null} */
  let drawn = null;
  let length = 0;
  const isFirstTap = followTaps(plot.element);

  /** @param {PointerEvent} event @returns {[number, number]} */
  function placeOf({ clientX, clientY }) {
    const { left, top } = plot.element.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  function letGo() {
    drawn = null;
    length = 0;
    plot.setLasso([]);
  }

  /** @param {[number, number]} place */
  function click(place) {
    const item = plot.itemAt(...place);
    if (isFirstTap(item < 0 || item === plot.pointed())) point(item);
    else pin(item);
  }

  listen(plot.element, {
    pointermove(event) {
      const place = placeOf(event);
      if (drawn) {
        const [x, y] = drawn[drawn.length - 1];
        length += Math.hypot(place[0] - x, place[1] - y);
        drawn.push(place);
        if (length >= CLICK) plot.setLasso(drawn);
        return;
      }
      if (event.pointerType === "touch" || plot.motion.moving()) return;
      const item = plot.itemAt(...place);
      plot.element.style.cursor = item >= 0 ? "pointer" : "crosshair";
      if (item !== plot.pointed()) point(item);
    },
    pointerleave({ pointerType }) {
      if (!drawn && pointerType !== "touch") point(-1);
    },
    pointerdown(event) {
      if (event.button) return;
      plot.element.setPointerCapture(event.pointerId);
      drawn = [placeOf(event)];
      length = 0;
    },
    pointerup(event) {
      const outline = drawn;
      const isClick = length < CLICK;
      letGo();
      if (!outline) return;
      if (isClick) return click(outline[0]);
      const { x, y } = plot.motion.now();
      point(-1);
      select(inside(x, y, outline, plot.counts()), event.shiftKey);
    },
    pointercancel: letGo,
    // Shift adds to the selection; it must not select the page's text.
    mousedown: (event) => event.shiftKey && event.preventDefault(),
    // Two taps pin; only two clicks reset.
    dblclick: () => isFirstTap(false) || reset(),
  });
}
