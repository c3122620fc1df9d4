/**
 * Which part of a map is in view, and how large a cell is.
 *
 * @typedef {object} Space What there is, and the room for it.
 * @property {number} rows
 * @property {number} columns
 * @property {number} width Room in CSS pixels.
 * @property {number} height
 * @property {number} ratio Device pixels per CSS pixel.
 * @property {boolean[]} special Which columns are special tokens.
 *
 * @typedef {object} Window
 * @property {number} cell Side of a cell in CSS pixels.
 * @property {number} row First row in view.
 * @property {number} column
 * @property {number} rows How many are in view.
 * @property {number} columns
 * @property {number[]} edges Of the columns in view, from the map's left; one more than columns.
 */

import { LARGEST_CELL, SPECIAL_COLUMN, SPECIAL_SHARE } from "./design.js";

/** Cells of this size have a readable label each. */
export const READABLE = 15;

/** @param {Space} space @returns {Window} */
export function wholeMap(space) {
  return fit(space, 0, 0, 0);
}

/**
 * @param {Space} space
 * @param {Window} window
 * @param {number} cell The new side of a cell.
 * @param {{ row: number, column: number }} at What stays where it is.
 * @returns {Window}
 */
export function zoomTo(space, window, cell, at) {
  const next = fit(space, cell, 0, 0);
  const keep = window.cell / next.cell;
  const row = Math.round(at.row - (at.row - window.row) * keep);
  const column = Math.round(at.column - (at.column - window.column) * keep);
  return reveal(space, fit(space, cell, row, column), at.row, at.column);
}

/**
 * @param {Space} space
 * @param {Window} window
 * @param {number} row The new first row; is kept inside the map.
 * @param {number} column
 * @returns {Window}
 */
export function moveTo(space, window, row, column) {
  return fit(space, window.cell, row, column);
}

/**
 * @param {Space} space
 * @param {Window} window
 * @param {number} row
 * @param {number} column
 * @returns {Window} The same, or moved as little as brings the cell into view.
 */
export function reveal(space, window, row, column) {
  return moveTo(
    space,
    window,
    Math.max(row - window.rows + 1, Math.min(window.row, row)),
    Math.max(column - window.columns + 1, Math.min(window.column, column)),
  );
}

/**
 * @param {Space} space
 * @param {Window} window
 * @param {number} width The most that it may take.
 * @param {number} height
 * @returns {Window} The same part in less room.
 */
export function shrunk({ special, ratio }, window, width, height) {
  const { rows, columns, column } = window;
  const cell = sharp(Math.min(window.cell, width / columns, height / rows), ratio);
  return { ...window, cell, edges: columnEdges(special.slice(column, column + columns), cell) };
}

/** @param {Space} space @param {Window} window */
export function isWhole(space, window) {
  return window.rows === space.rows && window.columns === space.columns;
}

/**
 * @param {Space} space
 * @param {number} wanted
 * @param {number} row
 * @param {number} column
 * @returns {Window}
 */
function fit(space, wanted, row, column) {
  const whole = Math.min(LARGEST_CELL, space.width / space.columns, space.height / space.rows);
  const cell = sharp(Math.min(LARGEST_CELL, Math.max(whole, wanted)), space.ratio);
  const rows = Math.max(1, Math.min(space.rows, Math.floor(space.height / cell + 1e-6)));
  const columns = Math.max(1, Math.min(space.columns, Math.floor(space.width / cell + 1e-6)));
  const first = Math.max(0, Math.min(space.columns - columns, column));
  return {
    cell,
    rows,
    columns,
    row: Math.max(0, Math.min(space.rows - rows, row)),
    column: first,
    edges: columnEdges(space.special.slice(first, first + columns), cell),
  };
}

/**
 * Columns of special tokens are never too thin to be seen, unless all are special.
 *
 * @param {boolean[]} special Which columns are special tokens.
 * @param {number} cell Their width, were all equal.
 * @returns {number[]} Where columns begin, and where the last ends.
 */
export function columnEdges(special, cell) {
  const count = special.filter(Boolean).length;
  const width = cell * special.length;
  const grows = cell < SPECIAL_COLUMN && count * SPECIAL_COLUMN <= width * SPECIAL_SHARE;
  const wide = grows ? SPECIAL_COLUMN : cell;
  const narrow = grows ? (width - count * SPECIAL_COLUMN) / (special.length - count) : cell;
  let edge = 0;
  return [0, ...special.map((one) => (edge += one ? wide : narrow))];
}

/**
 * @param {number[]} edges
 * @param {number} length In pixels, of what the edges cut.
 * @param {number} first The number of the first column, or row.
 * @returns {import("../../shared/pooling.js").Spans} The columns, or rows, that each pixel covers.
 */
export function pixelSpans(edges, length, first) {
  const start = new Int32Array(length);
  const end = new Int32Array(length);
  const count = edges.length - 1;
  const pixel = (/** @type {number} */ at) => Math.round((edges[at] / edges[count]) * length);
  for (let at = 0; at < count; at++) {
    const past = Math.max(pixel(at) + 1, pixel(at + 1));
    for (let p = pixel(at); p < past; p++) {
      if (!end[p]) start[p] = first + at;
      end[p] = first + at + 1;
    }
  }
  return { start, end };
}

/**
 * @param {Window} window
 * @param {number} x From the map's left.
 * @returns {number} The column there, the nearest one outside.
 */
export function columnAt({ edges, column, columns }, x) {
  let at = 0;
  while (at < columns - 1 && edges[at + 1] <= x) at++;
  return column + at;
}

/**
 * Cells of several pixels end at a device pixel, so that all are equal.
 *
 * @param {number} cell
 * @param {number} ratio
 */
function sharp(cell, ratio) {
  return cell >= 3 ? Math.floor(cell * ratio) / ratio : cell;
}
