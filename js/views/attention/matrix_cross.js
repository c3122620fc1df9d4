/** Frames around rows, columns and cells: what is pointed at and what is pinned. */
import { element, place } from "../../shared/dom.js";

/**
 * @typedef {import("./matrix_window.js").Window} Window
 * @typedef {{ row?: number, column?: number }} Line A whole row, a whole column, or one cell.
 */

const THINNEST = 3;

/** @param {HTMLElement} plot */
export function crosshair(plot) {
  const all = element("div");
  plot.append(all);

  /**
   * @param {Line[]} pins
   * @param {{ row: number, column: number } | null} at
   * @param {Window} window
   */
  return (pins, at, window) =>
    all.replaceChildren(
      ...pins.map((pin) => lineAround(pin, window, "pin")),
      ...(at
        ? [{ row: at.row }, { column: at.column }, at].map((line, i) =>
            lineAround(line, window, i > 1 ? "spot" : ""),
          )
        : []),
    );
}

/** @param {number} at @param {number} first @param {number} count */
export function isVisible(at, first, count) {
  return at >= first && at < first + count;
}

/** @param {Line} line @param {Window} window @param {string} kind */
function lineAround({ row, column }, window, kind) {
  const { cell, edges } = window;
  const node = element("div", `bvp-line bvp-${kind}`);
  const span = (/** @type {number} */ from, /** @type {number} */ size) => [
    Math.round(from) - 1,
    Math.max(THINNEST, size) + 1,
  ];
  if (row !== undefined) {
    node.hidden = !isVisible(row, window.row, window.rows);
    const [top, height] = span((row - window.row) * cell, cell);
    place(node, { top, height });
  }
  if (column !== undefined) {
    node.hidden ||= !isVisible(column, window.column, window.columns);
    const from = edges[column - window.column];
    const [left, width] = span(from, edges[column - window.column + 1] - from);
    place(node, { left, width });
  }
  return node;
}
