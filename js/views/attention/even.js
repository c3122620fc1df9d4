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
