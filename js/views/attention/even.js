/** The baseline of every weight: attention spread evenly over the tokens that may be seen. */

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
