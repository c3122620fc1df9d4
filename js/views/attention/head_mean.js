/** The weights of one head, or the mean over several, as one map. */

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
  if (heads.length === 1) {
    const codes = sheet.codes.subarray(heads[0] * cells, (heads[0] + 1) * cells);
    const at = (/** @type {number} */ row, /** @type {number} */ column) => {
      const code = codes[row * columns + column];
      return code === MISSING ? Number.NaN : code / ONE;
    };
    return { rows, columns, codes, at };
  }
  const sums = new Uint32Array(cells);
  const present = new Uint16Array(cells);
  for (const head of heads) {
    for (let cell = 0, from = head * cells; cell < cells; cell++, from++) {
      const code = sheet.codes[from];
      if (code === MISSING) continue;
      sums[cell] += code;
      present[cell]++;
    }
  }
  const codes = new Uint8Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    codes[cell] = present[cell] ? Math.round(sums[cell] / present[cell]) : MISSING;
  }
  const at = (/** @type {number} */ row, /** @type {number} */ column) => {
    const cell = row * columns + column;
    return present[cell] ? sums[cell] / present[cell] / ONE : Number.NaN;
  };
  return { rows, columns, codes, at };
}

/**
 * @param {MeanMap} map
 * @param {number} threshold Weights under it are hidden.
 * @param {number} rounded Share of the mass that the codes have lost already.
 * @returns {number} Share of the mass that is not shown.
 */
export function hiddenShare({ codes }, threshold, rounded) {
  let hidden = 0;
  let all = 0;
  for (const code of codes) {
    if (code === MISSING) continue;
    all += code;
    if (code < threshold * ONE) hidden += code;
  }
  return all ? rounded + (1 - rounded) * (hidden / all) : 0;
}
