/**
 * `selected_tokens` counts all units of a kind, whatever is filtered; an axis counts what it shows.
 *
 * @typedef {import("./types.js").Axis} Axis
 */

import { cameFromOverview } from "./overview_trail.js";

const PAIR_HINT = "; click one opposite for that pair in every head";
const PAIR_MADE = "; Overview: this pair in every head";
const PAIR_BACK = "; Escape: back to every head";

/**
 * @param {Axis} axis
 * @param {number[]} units
 * @returns {number[]} Places on the axis; what is filtered away has none.
 */
export function placesOf(axis, units) {
  return units.map((unit) => axis.unit.indexOf(unit)).filter((place) => place >= 0);
}

/**
 * @param {number[]} selected
 * @param {number} unit
 * @param {boolean} adding
 * @returns {number[]} A unit that is selected already is let go.
 */
export function toggled(selected, unit, adding) {
  const others = adding ? selected.filter((one) => one !== unit) : [];
  return selected.includes(unit) ? others : [...others, unit];
}

/**
 * @param {import("./types.js").State} state
 * @returns {number[]} Of the layer as it is drawn; a mean is one map.
 */
export function drawnHeads(state) {
  const heads = state.get("heads");
  return heads === "mean" ? [0] : heads;
}

/**
 * @param {import("./types.js").State} state
 * @returns {number[]} A source and a target, or neither; notebooks of older versions have no pair.
 */
export const pairOf = (state) => state.get("pair") ?? [];

/**
 * @param {import("./types.js").State} state
 * @returns {number[]} Units on `side`: those selected, or else the pair's.
 */
export function pinnedUnits(state) {
  const selected = state.get("selected_tokens");
  const unit = pairOf(state)[state.get("side") === "from" ? 0 : 1];
  return selected.length || unit === undefined ? selected : [unit];
}

/**
 * @param {import("./types.js").State} state
 * @param {number | null} partner The token that makes a pair with the pinned one.
 * @returns {string | null} What can be done with the pinned token.
 */
export function pairHint(state, partner) {
  if (partner !== null) return cameFromOverview(state) ? PAIR_BACK : PAIR_MADE;
  return pinnedUnits(state).length === 1 ? PAIR_HINT : null;
}
