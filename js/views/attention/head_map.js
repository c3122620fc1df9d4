/**
 * A map layers × heads of one number.
 *
 * @typedef {import("./overview.js").Cell} Cell
 * @typedef {object} HeadNumbers One number for each head, and what is said of it.
 * @property {string} name
 * @property {ArrayLike<number>} values By place; NaN where one is missing.
 * @property {(value: number) => string} text In a cell.
 * @property {(value: number, place: number) => import("../../shared/theme.js").RGB} colour
 * @property {number} [from] The side from which a cell has its text.
 * @property {(value: number) => boolean} [left] Is left out by the legend's filter.
 * @property {(place: number) => string} words What a head's number says.
 * @property {(string | null)[]} caption
 * @property {(width: number) => HTMLElement} panel
 * @property {(cell: Cell) => void} [choose] A click or Enter; opens the head without it.
 * @property {string} rest What to do here.
 */

import { MISSING } from "../../shared/design.js";
import { css, luminance } from "../../shared/theme.js";
import { VALUE_FROM } from "./design.js";

/**
 * @param {CanvasRenderingContext2D} context In CSS pixels.
 * @param {Cell[]} cells
 * @param {number} side Of a cell.
 * @param {HeadNumbers} numbers
 * @param {import("../../shared/theme.js").Theme} theme
 */
export function paintHeadMap(
  context,
  cells,
  side,
  { values, text, colour, from = VALUE_FROM, left },
  theme,
) {
  const { width, height } = context.canvas;
  context.globalAlpha = 1;
  context.clearRect(0, 0, width, height);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `10.5px ${theme.font}`;
  for (const { place, x, y } of cells) {
    const value = values[place];
    const shade = Number.isNaN(value) ? theme.rampRgb[MISSING] : colour(value, place);
    context.globalAlpha = left?.(value) ? 0.15 : 1;
    context.fillStyle = css(shade);
    context.fillRect(x, y, side, side);
    // Near-paper cells still show where they are.
    context.strokeStyle = css(theme.hair);
    context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
    if (side < from || Number.isNaN(value)) continue;
    context.fillStyle = css(readableOn(shade, theme));
    context.fillText(text(value), x + side / 2, y + side / 2 + 0.5);
  }
}

/**
 * @param {import("../../shared/theme.js").RGB} colour
 * @param {import("../../shared/theme.js").Theme} theme
 * @returns {import("../../shared/theme.js").RGB} Ink or paper, whichever is further in lightness.
 */
export function readableOn(colour, { ink, paper }) {
  const far = (/** @type {typeof ink} */ one) => Math.abs(luminance(one) - luminance(colour));
  return far(paper) > far(ink) ? paper : ink;
}

/**
 * @param {ArrayLike<number>} values
 * @param {Cell[]} cells
 * @param {number} count
 * @param {boolean} [signed] The largest whatever their sign.
 * @returns {Cell[]} Those of the largest values, the largest first.
 */
export function strongestCells(values, cells, count, signed = false) {
  const size = (/** @type {Cell} */ { place }) =>
    signed ? Math.abs(values[place]) : values[place];
  return cells
    .filter((cell) => size(cell) > 0)
    .sort((a, b) => size(b) - size(a))
    .slice(0, count);
}
