/**
 * The numbers behind the heads mode, read from the codes.
 *
 * @typedef {import("./types.js").FigureData} FigureData
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {{ side: ViewState["side"], places: number[] }} Focus Tokens whose weights are shown.
 */

import { MISSING } from "../../shared/design.js";
import { minCode } from "./figure_data.js";
import { numberOf } from "./scale.js";

/**
 * @param {number} threshold Hides nothing that has a sign.
 * @param {import("./scale.js").Scale} scale
 * @returns {number} The smallest code that is drawn.
 */
export const leastDrawn = (threshold, { signed }) => minCode(signed ? 0 : threshold);

/**
 * @param {import("./scale.js").Scale} scale
 * @param {number} least The smallest code that is drawn.
 * @returns {Float32Array} Value by code; 0 where it is hidden or missing.
 */
function valueByCode(scale, least) {
  return Float32Array.from({ length: 256 }, (_, code) =>
    code < least || code === MISSING ? 0 : numberOf(scale, code),
  );
}

/** @type {WeakMap<FigureData, { least: number, values: Float32Array }>} */
const known = new WeakMap();

/**
 * @param {FigureData} data
 * @param {number} threshold
 * @returns {Float32Array} `[columns, heads]`: what each token receives, the mean over the rows.
 */
export function received(data, threshold) {
  const least = leastDrawn(threshold, data.scale);
  const before = known.get(data);
  if (before?.least === least) return before.values;
  const values = columnMeans(data, least);
  known.set(data, { least, values });
  return values;
}

/** @param {FigureData} data @param {number} least */
function columnMeans({ codes, heads, rows, columns, scale }, least) {
  const values = new Float32Array(columns.size * heads);
  const weight = valueByCode(scale, least);
  const sums = new Float64Array(columns.size);
  let at = 0;
  for (let head = 0; head < heads; head++) {
    sums.fill(0);
    for (let row = 0; row < rows.size; row++)
      for (let column = 0; column < columns.size; column++) sums[column] += weight[codes[at++]];
    for (let column = 0; column < columns.size; column++)
      values[column * heads + head] = sums[column] / rows.size;
  }
  return values;
}

/**
 * @param {FigureData} data
 * @param {ViewState["side"]} side
 * @param {number} place
 * @returns {(head: number, other: number) => number} Where the code of a pair stands.
 */
export function pairAt({ rows, columns }, side, place) {
  const [across, down] = [columns.size, rows.size * columns.size];
  return side === "from"
    ? (head, other) => head * down + place * across + other
    : (head, other) => head * down + other * across + place;
}

/**
 * @param {import("./heads_links.js").Scene} scene
 * @param {Focus} focus
 * @returns {Float32Array} `[other side, heads]`
 */
export function focusWeights({ data, heads, threshold, combine }, { side, places }) {
  const others = (side === "from" ? data.columns : data.rows).size;
  const weight = valueByCode(data.scale, leastDrawn(threshold, data.scale));
  const values = new Float32Array(others * data.heads);
  const share = combine === "mean" ? 1 / places.length : 1;
  for (const place of places) {
    const at = pairAt(data, side, place);
    for (const head of heads)
      for (let other = 0; other < others; other++)
        values[other * data.heads + head] += share * weight[data.codes[at(head, other)]];
  }
  return values;
}

/**
 * @param {Float32Array} values `[tokens, heads]`
 * @param {number} total How many heads there are.
 * @param {number[]} heads Those that are on.
 * @returns {{ weight: Float32Array, head: Uint16Array }} The strongest head of each token, whatever its sign.
 */
export function strongest(values, total, heads) {
  const weight = new Float32Array(values.length / total);
  const lead = new Uint16Array(weight.length).fill(heads[0]);
  for (let token = 0; token < weight.length; token++)
    for (const head of heads) {
      const here = values[token * total + head];
      if (Math.abs(here) <= Math.abs(weight[token])) continue;
      weight[token] = here;
      lead[token] = head;
    }
  return { weight, head: lead };
}

/**
 * @param {ArrayLike<number>} weights
 * @param {number} count
 * @returns {number[]} Places of the largest, whatever their sign, largest first.
 */
export function largest(weights, count) {
  return Array.from(weights, (_, i) => i)
    .filter((i) => weights[i])
    .sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]))
    .slice(0, count);
}
