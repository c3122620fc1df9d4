/**
 * Found links beside gold, and the scores of it.
 *
 * @typedef {import("./types.js").Gold} Gold
 * @typedef {import("./types.js").Judged} Judged
 * @typedef {import("./types.js").Link} Link
 * @typedef {import("./types.js").Verdict} Verdict
 */

/** More words than a sentence has. */
const SPAN = 65536;

/** @param {number} value NaN where there is nothing to count. */
export const isKnown = (value) => !Number.isNaN(value);

/** @param {number} source @param {number} target */
export function keyOf(source, target) {
  return source * SPAN + target;
}

/** @param {number} key @returns {[number, number]} */
export function wordsOf(key) {
  return [Math.floor(key / SPAN), key % SPAN];
}

/** @param {number[][]} sure @param {number[][]} possible @returns {Gold} */
export function makeGold(sure, possible) {
  const keys = (/** @type {number[][]} */ links) => links.map(([i, j]) => keyOf(i, j));
  return { sure: new Set(keys(sure)), possible: new Set(keys([...sure, ...possible])) };
}

/**
 * @param {Link[]} links
 * @param {Gold | null} gold
 * @returns {Judged[]} The links, and those of gold that are not among them.
 */
export function judge(links, gold) {
  if (!gold) return links.map((link) => ({ ...link, verdict: "plain" }));
  const found = new Set(links.map(({ source, target }) => keyOf(source, target)));
  const judged = links.map((link) => ({
    ...link,
    verdict: verdictOf(gold, keyOf(link.source, link.target)),
  }));
  for (const key of gold.possible) {
    if (found.has(key)) continue;
    const [source, target] = wordsOf(key);
    const verdict = gold.sure.has(key) ? "missed" : "unlinked";
    judged.push({ source, target, confidence: 1, verdict });
  }
  return judged;
}

/** @param {Gold} gold @param {number} key @returns {Verdict} */
function verdictOf(gold, key) {
  if (gold.sure.has(key)) return "agreed";
  return gold.possible.has(key) ? "allowed" : "extra";
}

/**
 * While links are made by hand: these, and the method's as hints.
 *
 * @param {Link[]} links
 * @param {Gold} made
 * @returns {Judged[]}
 */
export function judgeDrawn(links, made) {
  /** @type {Judged[]} */
  const hints = links
    .filter(({ source, target }) => !made.possible.has(keyOf(source, target)))
    .map((link) => ({ ...link, verdict: "hint" }));
  const own = [...made.possible].map((key) => {
    const [source, target] = wordsOf(key);
    return { source, target, confidence: 1, verdict: verdictOf(made, key) };
  });
  return [...hints, ...own];
}

/**
 * Counts for the error rate; a corpus adds them up.
 *
 * @param {Iterable<number>} found Keys.
 * @param {Gold} gold
 */
export function countFound(found, gold) {
  const counts = { links: 0, linksSure: 0, linksPossible: 0, sure: gold.sure.size };
  for (const key of found) {
    counts.links++;
    if (gold.sure.has(key)) counts.linksSure++;
    if (gold.possible.has(key)) counts.linksPossible++;
  }
  return counts;
}

/**
 * Alignment error rate, precision against possible links, recall of sure ones (Och and Ney 2003).
 *
 * @param {{ links: number, linksSure: number, linksPossible: number, sure: number }} counts
 * @returns {{ aer: number, precision: number, recall: number }} NaN where there is nothing to
 *   divide by.
 */
export function scoresOf({ links, linksSure, linksPossible, sure }) {
  return {
    aer: links + sure ? 1 - (linksSure + linksPossible) / (links + sure) : Number.NaN,
    precision: links ? linksPossible / links : Number.NaN,
    recall: sure ? linksSure / sure : Number.NaN,
  };
}

/**
 * The links that word order alone gives.
 *
 * @param {number} sources
 * @param {number} targets
 * @returns {number[]} Keys.
 */
export function diagonal(sources, targets) {
  if (!targets) return [];
  const step = (targets - 1) / Math.max(1, sources - 1);
  return Array.from({ length: sources }, (_, i) => keyOf(i, Math.floor(i * step + 0.5)));
}
