/**
 * Mouse, touch and wheel on the map: hover points, click pins, a drag moves, two fingers zoom.
 *
 * @typedef {import("./matrix_window.js").Window} Window
 * @typedef {{ row: number, column: number }} Place
 *
 * @typedef {object} Hand What the gestures do.
 * @property {() => Window} window
 * @property {() => boolean} whole
 * @property {() => Place | null} pointed
 * @property {(at: Place | null) => void} point
 * @property {(at: Place, more: boolean) => void} pin
 * @property {(row: number, column: number) => boolean} move Whether there was room to move.
 * @property {(at: Place, cell: number | "toggle") => void} zoom
 */

import { clamp } from "../../shared/dom.js";
import { followTaps } from "../../shared/taps.js";
import { columnAt } from "./matrix_window.js";

/** Shorter movements are a click with an unsteady hand. */
const CLICK_RADIUS = 5;
const WHEEL_CELLS = 2;

/** @param {HTMLElement} plot @param {Hand} hand */
export function followHand(plot, hand) {
  /** @type {{ x: number, y: number, row: number, column: number, moved: boolean } | null} */
  let drag = null;
  const isFirstTap = followTaps(plot);
  /** @type {{ apart: number, cell: number } | null} Where two fingers began, until both are gone. */
  let grip = null;

  /** @param {{ clientX: number, clientY: number }} event */
  function placeOf(event) {
    const { left, top } = plot.getBoundingClientRect();
    const window = hand.window();
    const { cell, row, rows } = window;
    return {
      row: clamp(row + Math.floor((event.clientY - top) / cell), row, row + rows - 1),
      column: columnAt(window, event.clientX - left),
    };
  }

  /** @param {PointerEvent} event */
  function pointTo(event) {
    const at = placeOf(event);
    if (!isSame(at, hand.pointed())) hand.point(at);
  }

  /** @param {PointerEvent} event */
  function dragged(event) {
    if (!drag || hand.whole()) return false;
    const [x, y] = [drag.x - event.clientX, drag.y - event.clientY];
    if (!drag.moved && Math.hypot(x, y) < CLICK_RADIUS) return false;
    if (!drag.moved) plot.setPointerCapture(event.pointerId);
    drag.moved = true;
    const { cell } = hand.window();
    hand.move(drag.row + Math.round(y / cell), drag.column + Math.round(x / cell));
    return true;
  }

  /**
   * Two fingers zoom the map, and not the page.
   *
   * @param {TouchEvent} event
   */
  function pinch(event) {
    const [a, b] = event.touches;
    if (!a) grip = null;
    if (!b) return;
    event.preventDefault();
    drag = null;
    const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    grip ??= { apart, cell: hand.window().cell };
    const clientX = (a.clientX + b.clientX) / 2;
    const clientY = (a.clientY + b.clientY) / 2;
    hand.zoom(placeOf({ clientX, clientY }), (grip.cell * apart) / grip.apart);
  }

  plot.addEventListener("pointermove", (event) => {
    if (!dragged(event) && event.pointerType !== "touch") pointTo(event);
  });
  plot.addEventListener("pointerleave", (event) => {
    if (drag?.moved || event.pointerType === "touch") return;
    hand.point(null);
  });
  plot.addEventListener("pointerdown", (event) => {
    const { row, column } = hand.window();
    drag = { x: event.clientX, y: event.clientY, row, column, moved: false };
    if (event.shiftKey) event.preventDefault();
  });
  plot.addEventListener("pointercancel", () => {
    drag = null;
  });
  plot.addEventListener("pointerup", (event) => {
    const moved = grip || drag?.moved;
    drag = null;
    if (moved) return;
    const at = placeOf(event);
    if (isFirstTap(isSame(at, hand.pointed()))) pointTo(event);
    else hand.pin(at, event.shiftKey);
  });
  for (const type of /** @type {const} */ (["touchstart", "touchmove", "touchend"]))
    plot.addEventListener(type, pinch, { passive: false });
  plot.addEventListener("dblclick", (event) => hand.zoom(placeOf(event), "toggle"));
  plot.addEventListener(
    "wheel",
    (event) => {
      const { cell, row, column } = hand.window();
      const { deltaX, deltaY } = event;
      const zooms = event.ctrlKey || event.metaKey;
      if (zooms) hand.zoom(placeOf(event), cell * 1.25 ** -Math.sign(deltaY));
      const across = Math.sign(deltaX) * WHEEL_CELLS;
      const down = Math.sign(deltaY) * WHEEL_CELLS;
      if (zooms || hand.move(row + down, column + across)) event.preventDefault();
    },
    { passive: false },
  );
}

/** @param {Place} at @param {Place | null} other */
function isSame(at, other) {
  return other !== null && at.row === other.row && at.column === other.column;
}
