/**
 * What a head mostly does, in one word.
 *
 * @typedef {import("./types.js").Patterns} Patterns
 * @typedef {{ name: string, share: number }} Share
 */

/** Patterns of place and kind; every other name is a special token's. */
const PLACES = new Set(["prev.", "self", "next", "punct."]);
const CLEAR = { place: 0.2, special: 0.25, atLeast: 0.1 };
/** From this evenness on nearly every token gets something, and no target is the main one. */
const BROAD = 0.3;

/**
 * @param {Patterns} patterns
 * @param {number} head Counted through all layers: layer position × heads + head.
 * @returns {Share[]} In the order of `patterns.names`.
 */
export function sharesOf({ names, shares }, head) {
  return names.map((name, k) => ({ name, share: shares[head * names.length + k] }));
}

/**
 * @param {Patterns} patterns
 * @returns {Share[]} The mean over all heads.
 */
export function meanShares(patterns) {
  const heads = patterns.evenness.length;
  const mean = patterns.names.map((name) => ({ name, share: 0 }));
  for (let head = 0; head < heads; head++) {
    for (const [k, { share }] of sharesOf(patterns, head).entries()) mean[k].share += share / heads;
  }
  return mean;
}

/**
 * A clear place wins over a special token, which nearly every head rests on.
 *
 * @param {Patterns} patterns
 * @param {number} head
 * @returns {string} "prev. 95%", "[CLS] 52%", "broad" or "mixed"; empty when nothing is known.
 */
export function mainPattern(patterns, head) {
  const shares = sharesOf(patterns, head);
  if (!shares.length) return "";
  const place = largest(shares.filter(({ name }) => PLACES.has(name)));
  const special = largest(shares.filter(({ name }) => !PLACES.has(name)));
  if (place.share >= CLEAR.place) return inWords(place);
  if (special.share >= CLEAR.special) return inWords(special);
  if (patterns.evenness[head] > BROAD) return "broad";
  const best = largest([place, special]);
  return best.share >= CLEAR.atLeast ? inWords(best) : "mixed";
}

/** @param {Share[]} shares */
function largest(shares) {
  const nothing = { name: "", share: 0 };
  return shares.reduce((best, next) => (next.share > best.share ? next : best), nothing);
}

/** @param {Share} share */
function inWords({ name, share }) {
  return `${name} ${Math.round(100 * share)}%`;
}
