/** The heat map itself: colours, gaps, missing cells, the seam between two sentences. */
import { MISSING } from "../../shared/design.js";
import { maxOver } from "../../shared/pooling.js";
import { css } from "../../shared/theme.js";
import { GAPS_FROM, HATCH_FROM } from "./design.js";
import { minCode } from "./figure_data.js";
import { coloured } from "./head_image.js";
import { pixelSpans } from "./matrix_window.js";
import { coloursOf } from "./scale.js";

/** @typedef {import("./matrix_window.js").Window} Window */

/**
 * @param {CanvasRenderingContext2D} context Scaled to CSS pixels.
 * @param {import("./head_mean.js").MeanMap} map
 * @param {Window} window
 * @param {import("../../shared/theme.js").Theme} theme
 * @param {number} threshold Weights under it are paper.
 * @param {import("./scale.js").Scale} scale
 */
export function paintMap(context, map, window, theme, threshold, scale) {
  const { width, height } = context.canvas;
  const edges = Array.from({ length: window.rows + 1 }, (_, row) => row * window.cell);
  const rows = pixelSpans(edges, height, window.row);
  const columns = pixelSpans(window.edges, width, window.column);
  const codes = maxOver(map.codes, map.columns, rows, columns);
  const colours = coloursOf(theme, scale).ramp;
  const ramp = scale.signed ? colours : colours.slice().fill(colours[0], 0, minCode(threshold));
  context.putImageData(coloured(codes, width, height, ramp), 0, 0);
  if (window.cell >= GAPS_FROM) paintGaps(context, window, css(theme.paper));
  if (window.cell >= HATCH_FROM) hatchMissing(context, map, window, css(theme.soft));
  context.strokeStyle = css(theme.hair);
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, window.columns * window.cell - 1, window.rows * window.cell - 1);
}

/** @param {CanvasRenderingContext2D} context @param {Window} window @param {string} paper */
function paintGaps(context, { rows, columns, cell }, paper) {
  context.fillStyle = paper;
  for (let row = 1; row < rows; row++) context.fillRect(0, row * cell - 1, columns * cell, 1);
  for (let column = 1; column < columns; column++) {
    context.fillRect(column * cell - 1, 0, 1, rows * cell);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./head_mean.js").MeanMap} map
 * @param {Window} window
 * @param {string} colour
 */
function hatchMissing(context, map, { row, column, rows, columns, cell }, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      if (map.codes[(row + i) * map.columns + column + j] !== MISSING) continue;
      for (let along = 0.25; along < 2; along += 0.25) {
        const [near, far] = [Math.max(0, along - 1) * cell, Math.min(1, along) * cell];
        context.moveTo(j * cell + near, i * cell + far);
        context.lineTo(j * cell + far, i * cell + near);
      }
    }
  }
  context.stroke();
}

/**
 * Draws a line in the colour of text where the second sentence begins.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./types.js").Axis} rows
 * @param {import("./types.js").Axis} columns
 * @param {Window} window
 * @param {string} colour
 */
export function paintSeams(context, rows, columns, window, colour) {
  const { cell, edges } = window;
  context.fillStyle = colour;
  const seam = rows.segment.indexOf(1) - window.row;
  if (seam > 0) context.fillRect(0, seam * cell - 1, window.columns * cell, 1);
  const across = columns.segment.indexOf(1) - window.column;
  if (across > 0) context.fillRect(edges[across] - 1, 0, 1, window.rows * cell);
}
