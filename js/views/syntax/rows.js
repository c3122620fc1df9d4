/** A long sentence stands in rows: where to cut it so that few arcs run from row to row. */

import { ACROSS, AFTER_STOP, GAP, MOST_WORDS, ROW, UNEVEN } from "./design.js";
import { LEFT_OUT } from "./verdicts.js";

/**
 * @param {number[]} widths Of the words.
 * @param {import("./types.js").Heads} gold
 * @param {number} room
 * @returns {[number, number][]} First word of each row, one past its last.
 */
export function cutRows(widths, gold, room) {
  const n = widths.length;
  const length = widths.reduce((sum, width) => sum + width + GAP.least, -GAP.least);
  const least = Math.ceil(Math.max(n / MOST_WORDS, length / room, 1));
  const across = arcsAcross(gold);
  const costs = [0];
  const starts = [0];
  for (let end = 1; end <= n; end++) {
    costs[end] = Number.POSITIVE_INFINITY;
    let long = -GAP.least;
    for (let start = end - 1; start >= Math.max(0, end - MOST_WORDS); start--) {
      long += widths[start] + GAP.least;
      // A word that is wider by itself cannot be helped.
      if (long > room && start < end - 1) break;
      const uneven = ((end - start) * least) / n - 1;
      // What trees leave out is punctuation, with few exceptions.
      const bonus = gold[end - 1] === LEFT_OUT ? AFTER_STOP : 0;
      const cutting = end < n ? ACROSS * across[end] - bonus : 0;
      const cost = costs[start] + ROW + UNEVEN * uneven * uneven + cutting;
      if (cost >= costs[end]) continue;
      costs[end] = cost;
      starts[end] = start;
    }
  }
  /** @type {[number, number][]} */
  const rows = [];
  for (let end = n; end > 0; end = starts[end]) rows.unshift([starts[end], end]);
  return rows;
}

/** @param {import("./types.js").Heads} gold @returns {number[]} How many arcs pass before each word. */
function arcsAcross(gold) {
  const across = new Array(gold.length).fill(0);
  for (let word = 0; word < gold.length; word++)
    if (gold[word] >= 0)
      for (let k = Math.min(word, gold[word]) + 1; k <= Math.max(word, gold[word]); k++)
        across[k]++;
  return across;
}
