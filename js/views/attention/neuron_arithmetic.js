/** From a query and the keys to scores and weights, as the model computes them. */

import { MISSING } from "../../shared/design.js";
import { DIFFERS, SAMPLE, WITHIN } from "./design.js";

/**
 * @param {Float32Array} vectors `[count, size]`
 * @param {number} size
 * @param {number} at
 */
export function vector(vectors, size, at) {
  return vectors.subarray(at * size, (at + 1) * size);
}

/**
 * @param {Float32Array} query `[size]`
 * @param {Float32Array} keys `[count, size]`
 * @returns {Float32Array} `[count, size]`: their product, dimension by dimension.
 */
export function products(query, keys) {
  return keys.map((value, at) => value * query[at % query.length]);
}

/**
 * @param {Float32Array} product `[count, size]`
 * @param {number} size
 * @param {number} scaling
 * @returns {Float32Array} `[count]`: the scaled sum over dimensions.
 */
export function scores(product, size, scaling) {
  return Float32Array.from({ length: product.length / size }, (_, key) => {
    let sum = 0;
    for (const value of vector(product, size, key)) sum += value;
    return sum * scaling;
  });
}

/**
 * Whether weights are the softmax of the scores, or a mask or a position bias has a part in them.
 * Only keys with some weight are compared, each set made to sum to one, so that a mask alone, or
 * tokens that are not shown, count as no difference.
 *
 * @param {Float32Array} score `[count]`
 * @param {Uint8Array} codes `[count]`
 * @returns {boolean}
 */
export function explainedBy(score, codes) {
  const seen = [...codes.keys()].filter((key) => codes[key] > 0 && codes[key] < MISSING);
  const highest = Math.max(...seen.map((key) => score[key]));
  const soft = seen.map((key) => Math.exp(score[key] - highest));
  const softSum = soft.reduce((sum, value) => sum + value, 0);
  const codeSum = seen.reduce((sum, key) => sum + codes[key], 0);
  return seen.every((key, k) => Math.abs(soft[k] / softSum - codes[key] / codeSum) < DIFFERS);
}

/**
 * @param {Float32Array} values
 * @returns {number} The largest distance from zero, at least a little.
 */
export function reach(values) {
  let most = 1e-6;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}

/**
 * A few dimensions are far larger than all others and would flatten them.
 *
 * @param {Float32Array} values
 * @returns {number} The distance from zero that 99% of the values stay within.
 */
export function mostReach(values) {
  const step = Math.ceil(values.length / SAMPLE);
  const sample = values
    .filter((_, at) => at % step === 0)
    .map(Math.abs)
    .sort();
  return Math.max(1e-6, sample[Math.floor((sample.length - 1) * WITHIN)]);
}
