import { percent } from "../../shared/text.js";
import { AXES } from "./design.js";

/** @param {{ mean: number }} data @param {number} head */
export const headName = ({ mean }, head) => (mean ? "mean" : `head ${head}`);

/**
 * @param {number[]} heads
 * @param {Pick<import("./types.js").FigureData, "heads" | "mean">} data
 * @returns {string}
 */
export function headsText(heads, { heads: total, mean }) {
  if (mean) return `mean of ${mean} heads`;
  if (heads.length === total && total > 1) return `all ${total} heads`;
  return heads.length === 1 ? `head ${heads[0]}` : `heads ${heads.join(", ")}`;
}

/**
 * @param {import("./types.js").Store} store
 * @param {import("./types.js").FigureData} data
 * @param {number[]} heads
 * @param {boolean} hides
 * @returns {string | null} "paler: [CLS], [SEP] (51%)"
 */
export function specialText(store, { layer, mean }, heads, hides) {
  const { names, shares } = store.patterns();
  const { layers, heads: count } = store.shape();
  const special = store.specialNames();
  const named = names.filter((name) => special.includes(name));
  const of = mean ? Array.from({ length: count }, (_, head) => head) : heads;
  const all = layers.flatMap((one, at) =>
    layer === one || layer === "mean" ? of.map((head) => at * count + head) : [],
  );
  let share = 0;
  for (const place of all)
    for (const name of named)
      share += shares[place * names.length + names.indexOf(name)] / all.length;
  const how = hides ? "hidden" : "paler";
  return share > 0.005 ? `${how}: ${named.join(", ")} (${percent(share)})` : null;
}

/** @param {boolean} cross Between two texts. */
export const axesText = (cross) => (cross ? AXES.cross : AXES.same);
