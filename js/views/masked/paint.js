/**
 * Paints bars, lines and cells.
 *
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Move} Move
 * @typedef {import("../../shared/theme.js").Theme} Theme
 * @typedef {CanvasRenderingContext2D} Context
 */

import { ONE } from "../../shared/design.js";
import { css, luminance } from "../../shared/theme.js";
import { BAR, BAR_WIDTH, BARS, COLUMNS, LENS, LINE } from "./design.js";
import { lineOf, rowMiddle } from "./layout.js";

/**
 * @param {Context} pen
 * @param {Box[]} boxes
 * @param {number[] | null} heights
 * @param {Theme} theme
 */
export function paintBars(pen, boxes, heights, theme) {
  if (!heights) return;
  boxes.forEach(({ x, y, width }, k) => {
    const middle = y + LINE + BARS / 2;
    const across = Math.min(BAR_WIDTH, width - 4);
    const left = x + (width - across) / 2;
    pen.fillStyle = css(theme.hair);
    pen.fillRect(left, middle - 0.5, across, 1);
    const height = heights[k];
    pen.fillStyle = css(height < 0 ? theme.negative : theme.positive);
    pen.fillRect(left, height < 0 ? middle : middle - height, across, Math.abs(height));
  });
}

/** @param {number} change @param {Theme} theme @returns {string} */
export function changeColour(change, theme) {
  if (!change) return css(theme.soft);
  return css(change > 0 ? theme.positive : theme.negative);
}

/**
 * @param {Context} pen
 * @param {number[]} lengths
 * @param {number} x
 * @param {(row: number) => string} colour
 */
export function paintRows(pen, lengths, x, colour) {
  lengths.forEach((length, row) => {
    pen.fillStyle = colour(row);
    pen.fillRect(x, rowMiddle(row) - COLUMNS.bar / 2, Math.max(1, length), COLUMNS.bar);
  });
}

/**
 * @param {Context} pen
 * @param {Move[]} moves
 * @param {ReturnType<typeof import("./layout.js").placeColumns>} columns
 * @param {number} rows
 * @param {Theme} theme
 * @param {string | null} lit The choice that is pointed at.
 */
export function paintMoves(pen, moves, columns, rows, theme, lit) {
  const isFar = (/** @type {Move} */ { rise, from, to, choice }) =>
    choice === lit || Math.abs(rise) >= COLUMNS.moved || from === null || to === null;
  const sorted = [...moves].sort((a, b) => Number(isFar(a)) - Number(isFar(b)));
  for (const move of sorted) {
    const [x0, y0, x1, y1] = lineOf(move, columns, rows);
    const isOut = move.from === null || move.to === null;
    pen.setLineDash(isOut ? [3, 3] : []);
    pen.strokeStyle = css(
      move.choice === lit ? theme.ink : isFar(move) && !isOut ? theme.ink : theme.soft,
      isFar(move) ? 1 : 0.45,
    );
    pen.lineWidth = move.choice === lit ? 2.2 : isFar(move) && !isOut ? 1.4 : 1;
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
    pen.stroke();
  }
  pen.setLineDash([]);
}

/**
 * @param {Context} pen
 * @param {ArrayLike<number>} lens `[layers, choices]`
 * @param {number} choices
 * @param {ReturnType<typeof import("./layout.js").placeLens>} grid
 * @param {Theme} theme
 */
export function paintLens(pen, lens, choices, { first, count, cell, row }, theme) {
  const layers = lens.length / choices;
  pen.textBaseline = "middle";
  pen.font = `10.5px ${theme.font}`;
  for (let layer = 0; layer < layers; layer++) {
    const y = LENS.header + layer * row;
    pen.textAlign = "right";
    pen.fillStyle = css(theme.soft);
    pen.fillText(String(layer), LENS.layer - 8, y + row / 2 + 0.5);
    pen.textAlign = "center";
    for (let choice = 0; choice < count; choice++) {
      const value = lens[layer * choices + choice];
      const shade = theme.rampRgb[Math.round(ONE * value)];
      const x = first + choice * cell;
      pen.fillStyle = css(shade);
      pen.fillRect(x, y, cell - 1, row - 1);
      if (value < LENS.number_from) continue;
      const far = (/** @type {import("../../shared/theme.js").RGB} */ one) =>
        Math.abs(luminance(one) - luminance(shade));
      pen.fillStyle = css(far(theme.paper) > far(theme.ink) ? theme.paper : theme.ink);
      pen.fillText(shareText(value), x + cell / 2, y + row / 2 + 0.5);
    }
  }
}

/** @param {number} share @returns {string} A probability as it is written: ".42", "1.0", "<.001". */
export function shareText(share) {
  if (share < 0.0005) return "<.001";
  if (share >= 0.995) return "1.0";
  return share.toFixed(share < 0.01 ? 3 : 2).slice(1);
}

export { BAR };
