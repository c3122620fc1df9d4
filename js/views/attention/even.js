/** The baseline of every weight: attention spread evenly over the tokens that may be seen. */

/**
 * @param {{ rows: { size: number }, columns: { size: number }, causal: boolean }} shape
 * @returns {number} The weight of one token at random, mean over the rows.
 */
export function evenWeight({ rows, columns, causal }) {
  if (!causal) return columns.size ? 1 / columns.size : 0;
  let sum = 0;
  for (let row = 1; row <= rows.size; row++) sum += 1 / row;
  return rows.size ? sum / rows.size : 0;
}

/**
 * @param {import("./types.js").Axis} rows
 * @param {import("./types.js").Axis} columns
 * @param {number} row
 * @param {boolean} causal
 * @returns {number} The weight of one token at random in this row.
 */
export function evenInRow(rows, columns, row, causal) {
  const seen = causal ? columns.unit.filter((unit) => unit <= rows.unit[row]).length : columns.size;
  return seen ? 1 / seen : 0;
}
