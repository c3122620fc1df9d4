import { percent } from "../../shared/text.js";
import { AXES } from "./design.js";

/** @param {number[]} heads @param {number} total @returns {string} */
export function headsText(heads, total) {
  if (heads.length === total && total > 1) return `all ${total} heads`;
  return heads.length === 1 ? `head ${heads[0]}` : `heads ${heads.join(", ")}`;
}

/**
 * @param {import("./types.js").Store} store
 * @param {number} layer
 * @param {number[]} heads
 * @param {boolean} hides
 * @returns {string | null} "paler: [CLS], [SEP] (51%)"
 */
export function specialText(store, layer, heads, hides) {
  const { names, shares } = store.patterns();
  const { layers, heads: count } = store.shape();
  const special = store.specialNames();
  const named = names.filter((name) => special.includes(name));
  let share = 0;
  for (const head of heads) {
    const first = (layers.indexOf(layer) * count + head) * names.length;
    for (const name of named) share += shares[first + names.indexOf(name)] / heads.length;
  }
  const how = hides ? "hidden" : "paler";
  return share > 0.005 ? `${how}: ${named.join(", ")} (${percent(share)})` : null;
}

/** @param {boolean} cross Between two texts. */
export const axesText = (cross) => (cross ? AXES.cross : AXES.same);
