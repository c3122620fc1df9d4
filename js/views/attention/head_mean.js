/** The weights of one head, or the mean over several, as one map. */

import { MISSING, ONE } from "../../shared/design.js";
import { numberOf } from "./scale.js";

/** @typedef {import("./scale.js").Scale} Scale */

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
  const { scale } = data;
  const means = single ? null : meanLevels(heads.map(codesOf), scale);
  const codes = means ? toCodes(means, scale) : codesOf(heads[0]);
  return {
    rows,
    columns,
    codes,
    at(row, column) {
      const cell = row * columns + column;
      return means ? (means[cell] / ONE) * scale.most : numberOf(scale, codes[cell]);
    },
  };
}

/**
 * @param {Uint8Array[]} maps Of equal length.
 * @param {Scale} scale
 * @returns {Uint8Array} Their mean, code by code.
 */
export const meanOfMaps = (maps, scale) => toCodes(meanLevels(maps, scale), scale);

/**
 * @param {Uint8Array[]} maps
 * @param {Scale} scale
 * @returns {Float64Array} The mean of what is present, NaN where all is missing.
 */
function meanLevels(maps, { levels }) {
  const means = new Float64Array(maps[0].length);
  const missing = new Uint16Array(means.length);
  for (const codes of maps)
    for (let cell = 0; cell < means.length; cell++) {
      const code = codes[cell];
      if (code === MISSING) missing[cell]++;
      else means[cell] += levels[code];
    }
  for (let cell = 0; cell < means.length; cell++) means[cell] /= maps.length - missing[cell];
  return means;
}

/** @param {Float64Array} means @param {Scale} scale */
function toCodes(means, { code }) {
  const codes = new Uint8Array(means.length).fill(MISSING);
  for (let cell = 0; cell < means.length; cell++)
    if (!Number.isNaN(means[cell])) codes[cell] = code(means[cell]);
  return codes;
}
