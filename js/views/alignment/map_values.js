/**
 * Values of the map of layers and methods: Python's count of all links, or one of those over the
 * threshold and of what was drawn since, where the links are here.
 *
 * @typedef {import("./view.js").View} View
 * @typedef {object} Values
 * @property {"aer" | "confidence"} measure
 * @property {Float32Array} values `[layers, methods]`, NaN where there is nothing to count.
 * @property {string} note Which pairs or links it counts, where that needs saying.
 * @property {number[]} pairs The pairs that it counts.
 */

import { counted } from "../../shared/text.js";
import { isKnown } from "./verdicts.js";

const FULL = 65535;

/**
 * @param {View} view
 * @returns {Values | null} Null where nothing is known yet.
 */
export function mapValues(view) {
  const { data, store, state } = view;
  if (!store.methods.length || !data.hidden_layers.length) return null;
  const surest = (/** @type {number[]} */ pairs) =>
    store.isWhole(pairs) ? "" : "of the surest links, where not all are in this view";
  const threshold = view.threshold();
  const drawn = state.get("drawn") ?? {};
  if (state.get("map_of") === "pair" || data.pairs.length === 1) {
    const pair = view.pair();
    const measure = view.gold(pair) ? "aer" : "confidence";
    const exact = !threshold && !view.drawn(pair) && measure === data.map?.measure;
    const own = exact ? store.map(pair) : null;
    const known = own?.some(isKnown);
    const values = known ? own : countMap(view, [pair], measure);
    return values && { measure, values, note: known ? "" : surest([pair]), pairs: [pair] };
  }
  const of = store.counted();
  const note = data.map?.note ?? "";
  const touched = Object.keys(drawn).map(Number);
  const made = touched.filter((pair) => drawn[pair].length);
  const whole = store.map("all");
  if (!data.map || !whole) return null;
  const isGiven = data.map.measure === "aer";
  if (!threshold && !(isGiven ? touched : made).length)
    return { measure: data.map.measure, values: whole, note, pairs: of };
  // Pairs that were drawn have gold too; where no other has, they are what can be judged.
  const judged = isGiven ? [...new Set([...of, ...touched])].filter((p) => view.gold(p)) : made;
  const both = judged.length ? judged : of;
  const measure = judged.length ? "aer" : "confidence";
  const values = both.every((pair) => store.packed(pair)) ? countMap(view, both, measure) : null;
  if (values) {
    const alone = !isGiven && made.length < data.pairs.length && made.length > 0;
    const own = alone ? `over ${counted(made.length, "pair")}, drawn here` : note;
    const notes = [isGiven && both.length > of.length ? "" : own, surest(both)];
    return { measure, values, note: notes.filter(Boolean).join("; "), pairs: both };
  }
  const missing = both.filter((pair) => !store.packed(pair)).length;
  const without = threshold ? "of all links, whatever the threshold" : "without what was drawn";
  return {
    measure: data.map.measure,
    values: whole,
    pairs: of,
    note: [note, `${without}: ${counted(missing, "pair")} not in this view`]
      .filter(Boolean)
      .join("; "),
  };
}

/**
 * @param {View} view
 * @param {number[]} pairs
 * @param {"aer" | "confidence"} measure
 * @returns {Float32Array | null}
 */
function countMap(view, pairs, measure) {
  const cells = view.data.hidden_layers.length * view.store.methods.length;
  const least = view.threshold() * FULL;
  const above = new Float64Array(cells);
  const below = new Float64Array(cells);
  let sure = 0;
  for (const pair of pairs) {
    const packed = view.store.packed(pair);
    if (!packed) return null;
    const { links, starts } = packed;
    const width = view.data.pairs[pair].target.length;
    const gold = measure === "aer" ? view.gold(pair) : null;
    if (measure === "aer" && !gold) continue;
    const worth = gold && goldCells(gold, view.data.pairs[pair].source.length, width);
    sure += gold?.sure.size ?? 0;
    for (let cell = 0; cell < cells; cell++)
      for (let k = starts[cell]; k < starts[cell + 1]; k++) {
        if (links[3 * k + 2] < least) continue;
        below[cell]++;
        above[cell] += worth
          ? worth[links[3 * k] * width + links[3 * k + 1]]
          : links[3 * k + 2] / FULL;
      }
  }
  return Float32Array.from(above, (one, cell) =>
    measure === "aer"
      ? 1 - one / (below[cell] + sure || Number.NaN)
      : one / (below[cell] || Number.NaN),
  );
}

/**
 * @param {import("./types.js").Gold} gold
 * @param {number} height
 * @param {number} width
 * @returns {Uint8Array} 2 for a sure link, 1 for a possible one: what it adds above the error
 *   rate's line.
 */
function goldCells({ sure, possible }, height, width) {
  const worth = new Uint8Array(height * width);
  for (const key of possible)
    worth[Math.floor(key / 65536) * width + (key % 65536)] = sure.has(key) ? 2 : 1;
  return worth;
}
