/**
 * One tree beside gold.
 *
 * @typedef {import("./types.js").Heads} Heads
 * @typedef {import("./types.js").Link} Link
 */

/** The head of a root, and of a word that trees leave out. */
export const [NONE, LEFT_OUT] = [-1, -2];

/**
 * @param {Heads} heads
 * @param {number} one
 * @param {number} other
 * @returns {boolean} Whether one is the other's head: UUAS does not ask which.
 */
const linked = (heads, one, other) => heads[one] === other || heads[other] === one;

/**
 * @param {Heads} gold
 * @param {Heads} other
 * @returns {{ above: Link[], below: Link[] }}
 */
export function judge(gold, other) {
  /** @type {Link[]} */
  const above = [];
  /** @type {Link[]} */
  const below = [];
  for (let word = 0; word < gold.length; word++) {
    const [head, found] = [gold[word], other[word]];
    if (head === NONE) above.push({ word, head, verdict: "root" });
    else if (head >= 0)
      above.push({ word, head, verdict: linked(other, word, head) ? "agreed" : "missed" });
    if (found >= 0)
      below.push({ word, head: found, verdict: linked(gold, word, found) ? "agreed" : "extra" });
  }
  return { above, below };
}

/** @param {Link[]} links @param {string} verdict */
export const countOf = (links, verdict) => links.filter((one) => one.verdict === verdict).length;

/**
 * The tree of a fixed distance: each word's head is the one so many words on.
 *
 * @param {Heads} gold
 * @param {number} offset
 * @returns {Int16Array}
 */
export function offsetHeads(gold, offset) {
  const heads = new Int16Array(gold.length).fill(LEFT_OUT);
  const kept = Array.from(gold, (_, word) => word).filter((word) => gold[word] !== LEFT_OUT);
  kept.forEach((word, k) => {
    heads[word] = kept[k + offset] ?? NONE;
  });
  return heads;
}

/**
 * @param {number} right
 * @param {number} edges
 * @returns {string} A share as it is written: ".42"; a dash where there is nothing to share.
 */
export function shareText(right, edges) {
  if (!edges) return "–";
  const hundredths = Math.floor((200 * right + edges) / (2 * edges));
  return hundredths === 100 ? "1.00" : `.${String(hundredths).padStart(2, "0")}`;
}
