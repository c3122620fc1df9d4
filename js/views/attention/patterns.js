/**
 * Says what a head mostly does, in one word and in plain words.
 *
 * @typedef {import("./types.js").Patterns} Patterns
 * @typedef {{ name: string, share: number }} Share
 */

import { percent } from "../../shared/text.js";
import { BROAD, CLEAR_AT_ALL, CLEAR_PLACE, CLEAR_SPECIAL, PLACES } from "./design.js";

/**
 * Patterns of place and kind in full; every other name is a special token's.
 *
 * @type {Record<string, string>}
 */
const IN_FULL = PLACES;

/**
 * @param {Patterns} patterns
 * @param {number} head Counted through all layers: layer position × heads + head.
 * @returns {Share[]} In the order of `patterns.names`.
 */
export function sharesOf({ names, shares }, head) {
  return names.map((name, k) => ({ name, share: shares[head * names.length + k] }));
}

/** @param {string} name */
export const inFull = (name) => IN_FULL[name] ?? name;

/**
 * @param {Patterns} patterns
 * @param {number[]} heads
 * @returns {Share[]} The mean over these heads.
 */
export function meanShares(patterns, heads) {
  const mean = patterns.names.map((name) => ({ name, share: 0 }));
  for (const head of heads) {
    for (const [k, { share }] of sharesOf(patterns, head).entries())
      mean[k].share += share / heads.length;
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
  const place = largest(shares.filter(({ name }) => name in IN_FULL));
  const special = largest(shares.filter(({ name }) => !(name in IN_FULL)));
  if (place.share >= CLEAR_PLACE) return inWords(place);
  if (special.share >= CLEAR_SPECIAL) return inWords(special);
  if (patterns.evenness[head] > BROAD) return "broad";
  const best = largest([place, special]);
  return best.share >= CLEAR_AT_ALL ? inWords(best) : "mixed";
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

/** @type {Record<string, string>} */
const VAGUE = {
  broad: "broad, a little goes everywhere",
  mixed: "mixed, nothing stands out",
};
const TOLD = 3;

/**
 * @param {Patterns} patterns
 * @param {number} head
 * @returns {string} "25% of its attention goes to [CLS], 17% to the token before, 9.6% to itself"
 */
export function patternWords(patterns, head) {
  const told = sharesOf(patterns, head)
    .sort((a, b) => b.share - a.share)
    .slice(0, TOLD)
    .map(
      ({ name, share }, i) =>
        `${percent(share)} ${i ? "" : "of its attention goes "}to ${inFull(name).replace(/^token /, "the token ")}`,
    );
  const vague = VAGUE[mainPattern(patterns, head)];
  return [...(vague ? [vague] : []), ...told].join(", ");
}
