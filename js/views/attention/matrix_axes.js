/** The tokens beside and above a map: every one where there is room, else every k-th. */
import { element, place } from "../../shared/dom.js";
import { shorten, textWidth } from "../../shared/text.js";
import { LABEL_LINE, LABEL_RISES, MATRIX_LABEL } from "./design.js";

/** @typedef {import("./types.js").Axis} Axis */

const SMALL_UNDER = 15;

/**
 * How much room the labels take.
 *
 * @param {Axis} rows
 * @param {Axis} columns
 * @param {number} most The widest a label may be.
 * @param {string} font
 * @returns {{ left: number, top: number }}
 */
export function labelRoom(rows, columns, most, font) {
  const widest = (/** @type {Axis} */ axis) =>
    axis.labels.reduce((width, label) => Math.max(width, textWidth(label, font)), 0);
  const across = widest(columns);
  return {
    left: Math.max(MATRIX_LABEL.least, Math.ceil(Math.min(widest(rows), most)) + 9),
    top: Math.ceil(Math.min(across, most * LABEL_RISES) * LABEL_RISES) + 12,
  };
}

/**
 * @param {HTMLElement} layer Is filled.
 */
export function axisLabels(layer) {
  const [pointedRow, pointedColumn] = [label("y", 0, ""), label("x", 0, "")];
  for (const node of [pointedRow, pointedColumn]) {
    node.classList.add("bvp-on");
    node.setAttribute("aria-hidden", "true");
  }
  /** @type {{ axes: Record<"x" | "y", Axis>, window: import("./matrix_window.js").Window, room: { left: number, top: number }, font: string } | null} */
  let shown = null;

  /**
   * @param {Record<"x" | "y", Axis>} axes
   * @param {import("./matrix_window.js").Window} window
   * @param {{ left: number, top: number }} room
   * @param {string} font
   */
  function build(axes, window, room, font) {
    shown = { axes, window, room, font };
    const step = Math.ceil(LABEL_LINE / window.cell);
    layer.classList.toggle("bvp-tight", window.cell * step < SMALL_UNDER);
    const nodes = [];
    for (const side of /** @type {const} */ (["y", "x"])) {
      const [first, count] =
        side === "y" ? [window.row, window.rows] : [window.column, window.columns];
      for (let at = first; at < first + count; at += step) nodes.push(placed(side, at));
    }
    layer.replaceChildren(...nodes, pointedRow, pointedColumn);
    point(null, null);
  }

  /** @param {"x" | "y"} side @param {number} at @param {HTMLElement} [node] */
  function placed(side, at, node = label(side, at, "")) {
    if (!shown) return node;
    const { window, room, font, axes } = shown;
    const axis = axes[side];
    const room_ = side === "y" ? room.left - 6 : room.top / LABEL_RISES - 8;
    node.textContent = shorten(axis.labels[at], room_, font);
    node.dataset.at = String(at);
    node.classList.toggle("bvp-special", axis.special[at]);
    if (side === "y") {
      const top = room.top + (at - window.row + 0.5) * window.cell - 7;
      place(node, { top, width: room.left - 6 });
    } else {
      const [from, to] = window.edges.slice(at - window.column);
      place(node, { left: room.left + (from + to) / 2 + 4, top: room.top - 16 });
    }
    return node;
  }

  /**
   * Show these two tokens' labels, in bold, whether they are every k-th or not.
   *
   * @param {number | null} row
   * @param {number | null} column
   */
  function point(row, column) {
    pointedRow.hidden = row === null;
    pointedColumn.hidden = column === null;
    if (row !== null) placed("y", row, pointedRow);
    if (column !== null) placed("x", column, pointedColumn);
    layer.classList.toggle("bvp-pointing", row !== null || column !== null);
  }

  return { build, point };
}

/** @param {"x" | "y"} side @param {number} at @param {string} text */
function label(side, at, text) {
  const node = element("bdi", `bvp-label bvp-${side}`, text);
  node.dataset.at = String(at);
  return node;
}
