/**
 * Says what a head mostly does, in one word and in plain words.
 *
 * @typedef {import("./types.js").Patterns} Patterns
 * @typedef {{ name: string, share: number, even: number }} Share
 */

import { percent } from "../../shared/text.js";
import { BROAD, CLEAR_AT_ALL, CLEAR_PLACE, CLEAR_SPECIAL, PLACES, SIGNED_WORDS } from "./design.js";
import { sizeText } from "./scale.js";

/**
 * Patterns of place and kind in full; every other name is a special token's.
 *
 * @type {Record<string, string>}
 */
const IN_FULL = PLACES;

/**
 * @param {Patterns} patterns
 * @param {number} head Counted through all layers: layer position × heads + head.
 * @returns {Share[]} In the order of `patterns.names`, without special tokens where they are hidden.
 */
export function sharesOf({ names, shares, even, hideSpecial }, head) {
  return names
    .map((name, k) => ({ name, share: shares[head * names.length + k], even: even[k] }))
    .filter(({ name }) => !hideSpecial || name in IN_FULL);
}

/** @param {string} name */
export const inFull = (name) => IN_FULL[name] ?? name;

/** @param {Share} share @returns {string} "43% (even 1.4%)" */
export const besideEven = ({ share, even }) =>
  percent(share) + (Number.isNaN(even) ? "" : ` (even ${percent(even)})`);

/**
 * @param {Patterns} patterns
 * @param {number[]} heads
 * @returns {Share[]} The mean over these heads.
 */
export function meanShares(patterns, heads) {
  const mean = sharesOf(patterns, 0).map((one) => ({ ...one, share: 0 }));
  for (const head of heads) {
    for (const [k, { share }] of sharesOf(patterns, head).entries())
      mean[k].share += share / heads.length;
  }
  return mean;
}

/** @param {Share[]} shares @returns {Share[]} What gets most beyond an even spread comes first. */
export function byExcess(shares) {
  return shares.sort((a, b) => excess(b) - excess(a));
}

/** @param {Share} share */
const excess = ({ share, even }) => share - (even || 0);

/**
 * What gets most beyond an even spread names a head. A clear place wins over a special token, on which
 * nearly every head rests.
 *
 * @param {Patterns} patterns
 * @param {number} head
 * @returns {string} "prev. 95%", "[CLS] 52%", "broad" or "mixed"; of signed numbers their mean size; empty
 *   when nothing is known.
 */
export function mainPattern(patterns, head) {
  if (patterns.sizes) return sizeText(patterns.sizes[head]);
  const shares = byExcess(sharesOf(patterns, head));
  if (!shares.length) return "";
  const place = shares.find(({ name }) => name in IN_FULL);
  const special = shares.find(({ name }) => !(name in IN_FULL));
  if (place && excess(place) >= CLEAR_PLACE) return inWords(place);
  if (special && excess(special) >= CLEAR_SPECIAL) return inWords(special);
  if (patterns.evenness[head] > BROAD) return "broad";
  return excess(shares[0]) >= CLEAR_AT_ALL ? inWords(shares[0]) : "mixed";
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
 * @returns {string} "25% (even 6.3%) of its attention goes to [CLS], 17% (even 5.9%) to the token before"
 */
export function patternWords(patterns, head) {
  const { sizes } = patterns;
  if (sizes) {
    const mean = sizes.reduce((sum, one) => sum + one / sizes.length, 0);
    return `mean size ${sizeText(sizes[head])} (${SIGNED_WORDS.all}: ${sizeText(mean)})`;
  }
  const told = byExcess(sharesOf(patterns, head))
    .slice(0, TOLD)
    .map(
      (one, i) =>
        `${besideEven(one)} ${i ? "" : "of its attention goes "}to ${inFull(one.name).replace(/^token /, "the token ")}`,
    );
  const vague = VAGUE[mainPattern(patterns, head)];
  return [...(vague ? [vague] : []), ...told].join(", ");
}
