/**
 * One pair of tokens in every head: from the layers that are here, or as Python sends it.
 *
 * @typedef {import("./types.js").Kind} Kind
 * @typedef {import("./figure_data.js").Cut} Cut
 */

import { ONE } from "../../shared/design.js";
import { scaleTo } from "./scale.js";
import { pairOf } from "./selection.js";

/**
 * @param {object} source Parts of the store.
 * @param {import("./types.js").State} source.state
 * @param {() => Kind} source.kind
 * @param {() => import("./store.js").KindData} source.about
 * @param {(of: Kind, side: "rows" | "columns", words: boolean, hide: boolean, segments: string) => Cut} source.cuts
 * @param {(of: Kind, layer: number) => Uint8Array | null} source.codesOf
 * @param {() => import("./scale.js").Scale} source.scale
 * @param {ReturnType<typeof import("../../shared/cache.js").createCache>} source.cache
 * @param {() => Promise<void>} source.wantMaps
 */
export function createPair({ state, kind, about, cuts, codesOf, scale, cache, wantMaps }) {
  const sent = () =>
    cache.get(
      `pair ${kind()} ${[state.get("quantity") ?? "weight", state.get("units"), ...pairOf(state)]}`,
    );

  /** @returns {import("./types.js").Pair | null} */
  function get() {
    const [source, target] = pairOf(state);
    if (target === undefined) return null;
    const words = state.get("units") === "words";
    const rows = cuts(kind(), "rows", words, false, "all");
    const columns = cuts(kind(), "columns", words, false, "all");
    const from = [rows.starts[source], rows.ends[source]];
    const to = [columns.starts[target], columns.ends[target]];
    const { layers, heads, causal } = about();
    const one = layers.length * heads;
    const weights = sent()?.values ?? new Float32Array(2 * one).fill(Number.NaN);
    const size = columns.tokens;
    const cells = rows.tokens * size;
    const { levels, most } = scale();
    const value = (/** @type {number} */ code) => (levels[code] / ONE) * most;
    if (!sent())
      for (const [at, layer] of layers.entries()) {
        const codes = codesOf(kind(), layer);
        for (let head = 0; codes && head < heads; head++) {
          const map = codes.subarray(head * cells, (head + 1) * cells);
          weights[at * heads + head] = between(map, size, from, to, value);
          if (kind() !== "cross")
            weights[one + at * heads + head] = between(map, size, to, from, value);
        }
      }
    const largest = /** @type {Float32Array} */ (weights).reduce(
      (known, one) => Math.max(known, Math.abs(one) || 0),
      most,
    );
    return {
      scale: scale().signed ? scaleTo(largest) : scale(),
      labels: [rows.labels[source], columns.labels[target]],
      weights,
      even: [evenBetween(size, from, to, causal), evenBetween(size, to, from, causal)],
    };
  }

  return {
    get,

    async want() {
      if (!about().overview) return wantMaps();
      await cache.heard;
      return cache.wait(sent);
    },
  };
}

/**
 * Clark's rule: the sum over the target's tokens, the mean over the source's.
 *
 * @param {Uint8Array} codes `[tokens, size]`
 * @param {number} size
 * @param {number[]} source First token and the one after the last.
 * @param {number[]} target
 * @param {(code: number) => number} value
 * @returns {number} NaN where a weight is missing.
 */
function between(codes, size, source, target, value) {
  let sum = 0;
  for (let row = source[0]; row < source[1]; row++)
    for (let column = target[0]; column < target[1]; column++)
      sum += value(codes[row * size + column]);
  return sum / (source[1] - source[0]);
}

/**
 * @param {number} size How many tokens can be attended to.
 * @param {number[]} source
 * @param {number[]} target
 * @param {boolean} causal
 */
function evenBetween(size, source, target, causal) {
  let sum = 0;
  for (let row = source[0]; row < source[1]; row++) {
    const seen = causal ? row + 1 : size;
    sum += Math.max(0, Math.min(seen, target[1]) - target[0]) / seen;
  }
  return sum / (source[1] - source[0]);
}
