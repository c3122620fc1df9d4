/** The weights of one head, or the mean over several, as one map. */

import { MISSING, ONE } from "../../shared/design.js";

/**
 * @typedef {object} MeanMap
 * @property {number} rows
 * @property {number} columns
 * @property {Uint8Array} codes `[rows, columns]` for the picture.
 * @property {(row: number, column: number) => number} at The weight; NaN when it is missing.
 */

/** @param {import("./types.js").FigureData} data @param {number[]} heads @returns {MeanMap} */
export function meanOfHeads(data, heads) {
  const [rows, columns] = [data.rows.size, data.columns.size];
  const cells = rows * columns;
  const codesOf = (/** @type {number} */ head) =>
    data.codes.subarray(head * cells, (head + 1) * cells);
  const single = heads.length === 1;
  const sums = new Uint32Array(single ? 0 : cells);
  const missing = new Uint16Array(sums.length);
  if (!single) for (const head of heads) addHead(sums, missing, codesOf(head));
  const codes = single ? codesOf(heads[0]) : meanCodes(sums, missing, heads.length);
  return {
    rows,
    columns,
    codes,
    at(row, column) {
      const cell = row * columns + column;
      if (codes[cell] === MISSING) return Number.NaN;
      return (single ? codes[cell] : sums[cell] / (heads.length - missing[cell])) / ONE;
    },
  };
}

/**
 * @param {Uint8Array[]} maps Of equal length.
 * @returns {Uint8Array} Their mean, code by code.
 */
export function meanOfMaps(maps) {
  const sums = new Uint32Array(maps[0].length);
  const missing = new Uint16Array(sums.length);
  for (const codes of maps) addHead(sums, missing, codes);
  return meanCodes(sums, missing, maps.length);
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

/** @param {Uint32Array} sums @param {Uint16Array} missing @param {number} heads */
function meanCodes(sums, missing, heads) {
  const codes = new Uint8Array(sums.length);
  for (let cell = 0; cell < sums.length; cell++) {
    const present = heads - missing[cell];
    codes[cell] = present ? (sums[cell] / present + 0.5) | 0 : MISSING;
  }
  return codes;
}
