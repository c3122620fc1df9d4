/**
 * @param {number[]} heads
 * @param {number} total
 * @returns {string}
 */
export function headsText(heads, total) {
  if (heads.length === total && total > 1) return `all ${total} heads`;
  return heads.length === 1 ? `head ${heads[0]}` : `heads ${heads.join(", ")}`;
}
