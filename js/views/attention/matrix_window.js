/**
 * Which part of a map is in view, and how large a cell is.
 *
 * @typedef {object} Space What there is, and the room for it.
 * @property {number} rows
 * @property {number} columns
 * @property {number} width Room in CSS pixels.
 * @property {number} height
 * @property {number} ratio Device pixels per CSS pixel.
 *
 * @typedef {object} Window
 * @property {number} cell Side of a cell in CSS pixels.
 * @property {number} row First row in view.
 * @property {number} column
 * @property {number} rows How many are in view.
 * @property {number} columns
 */

const LARGEST = 48;
/** Cells of this size have a readable label each. */
export const READABLE = 15;

/**
 * @param {Space} space
 * @returns {Window}
 */
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
 */
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
  const whole = Math.min(LARGEST, space.width / space.columns, space.height / space.rows);
  const cell = sharp(Math.min(LARGEST, Math.max(whole, wanted)), space.ratio);
  const rows = Math.max(1, Math.min(space.rows, Math.floor(space.height / cell + 1e-6)));
  const columns = Math.max(1, Math.min(space.columns, Math.floor(space.width / cell + 1e-6)));
  return {
    cell,
    rows,
    columns,
    row: Math.max(0, Math.min(space.rows - rows, row)),
    column: Math.max(0, Math.min(space.columns - columns, column)),
  };
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
