/** The weights of one head, or the mean over several, as one map. */
import { minCode } from "./sheet.js";

/**
 * @typedef {object} MeanMap
 * @property {number} rows
 * @property {number} columns
 * @property {Uint8Array} codes `[rows, columns]` for the picture.
 * @property {(row: number, column: number) => number} at The weight; NaN when it is missing.
 */

const ONE = 254;
const MISSING = 255;

/**
 * @param {import("./types.js").Sheet} sheet
 * @param {number[]} heads
 * @returns {MeanMap}
 */
export function meanOfHeads(sheet, heads) {
  const [rows, columns] = [sheet.rows.size, sheet.columns.size];
  const cells = rows * columns;
  const codesOf = (/** @type {number} */ head) =>
    sheet.codes.subarray(head * cells, (head + 1) * cells);
  if (heads.length === 1) {
    const codes = codesOf(heads[0]);
    const weight = (/** @type {number} */ cell) =>
      codes[cell] === MISSING ? Number.NaN : codes[cell] / ONE;
    return { rows, columns, codes, at: (row, column) => weight(row * columns + column) };
  }
  const sums = new Uint32Array(cells);
  const missing = new Uint16Array(cells);
  for (const head of heads) addHead(sums, missing, codesOf(head));
  const codes = meanCodes(sums, missing, heads.length);
  const weight = (/** @type {number} */ cell) => sums[cell] / (heads.length - missing[cell]) / ONE;
  return { rows, columns, codes, at: (row, column) => weight(row * columns + column) };
}

/**
 * @param {Uint32Array} sums
 * @param {Uint16Array} missing How many heads have no weight here.
 * @param {Uint8Array} codes
 */
function addHead(sums, missing, codes) {
  for (let cell = 0; cell < sums.length; cell++) {
    const code = codes[cell];
    if (code === MISSING) missing[cell]++;
    else sums[cell] += code;
  }
}

/**
 * @param {Uint32Array} sums
 * @param {Uint16Array} missing
 * @param {number} heads
 */
function meanCodes(sums, missing, heads) {
  const codes = new Uint8Array(sums.length);
  for (let cell = 0; cell < sums.length; cell++) {
    const present = heads - missing[cell];
    codes[cell] = present ? (sums[cell] / present + 0.5) | 0 : MISSING;
  }
  return codes;
}

/**
 * @param {MeanMap} map
 * @returns {Uint32Array} `[256]`: how often each code stands in the map.
 */
export function countCodes({ codes }) {
  const counts = new Uint32Array(256);
  for (let cell = 0; cell < codes.length; cell++) counts[codes[cell]]++;
  return counts;
}

/**
 * @param {Uint32Array} counts From {@link countCodes}.
 * @param {number} threshold Weights under it are hidden.
 * @param {number} rounded Share of the mass that the codes have lost already.
 * @returns {number} Share of the mass that is not shown.
 */
export function hiddenShare(counts, threshold, rounded) {
  const least = minCode(threshold);
  let hidden = 0;
  let all = 0;
  for (let code = 0; code < MISSING; code++) {
    all += counts[code] * code;
    if (code < least) hidden += counts[code] * code;
  }
  return all ? rounded + (1 - rounded) * (hidden / all) : 0;
}

/**
 * @param {MeanMap} map
 * @returns {Float64Array} What each column receives, mean over the rows.
 */
export function received({ codes, rows, columns }) {
  const sums = new Float64Array(columns);
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      if (codes[cell] !== MISSING) sums[column] += codes[cell];
    }
  }
  return sums.map((sum) => sum / rows / ONE);
}
