/** Frames around rows, columns and cells: what is pointed at and what is pinned. */
import { element } from "../../shared/dom.js";

/**
 * @typedef {import("./matrix_window.js").Window} Window
 * @typedef {{ row: number | null, column: number | null }} Line A whole row, a whole column, or
 *   one cell.
 */

const THINNEST = 3;

/** @param {HTMLElement} plot */
export function crosshair(plot) {
  const pins = element("div");
  const [row, column, spot] = ["bvp-row", "bvp-column", "bvp-spot"].map((name) =>
    element("div", name),
  );
  plot.append(pins, row, column, spot);

  return {
    /**
     * @param {{ row: number, column: number } | null} at
     * @param {Window} window
     */
    point(at, window) {
      for (const node of [row, column, spot]) node.hidden = !at;
      if (!at) return;
      place(row, { row: at.row, column: null }, window);
      place(column, { row: null, column: at.column }, window);
      place(spot, at, window);
    },

    /**
     * @param {Line[]} lines
     * @param {Window} window
     */
    pin(lines, window) {
      const nodes = lines.map((line) => {
        const node = element("div", `bvp-pin ${line.row === null ? "bvp-column" : "bvp-row"}`);
        place(node, line, window);
        return node;
      });
      pins.replaceChildren(...nodes);
    },
  };
}

/**
 * @param {number} at
 * @param {number} first
 * @param {number} count
 */
export function isVisible(at, first, count) {
  return at >= first && at < first + count;
}

/**
 * @param {HTMLElement} node
 * @param {Line} line
 * @param {Window} window
 */
function place(node, { row, column }, window) {
  const { cell } = window;
  const side = `${Math.max(THINNEST, cell) + 1}px`;
  const rowSeen = row === null || isVisible(row, window.row, window.rows);
  const columnSeen = column === null || isVisible(column, window.column, window.columns);
  node.hidden = !rowSeen || !columnSeen;
  if (row !== null) {
    node.style.top = `${Math.round((row - window.row) * cell) - 1}px`;
    node.style.height = side;
  }
  if (column !== null) {
    node.style.left = `${Math.round((column - window.column) * cell) - 1}px`;
    node.style.width = side;
  }
}
