/**
 * @typedef {import("./types.js").Kind} Kind
 * @typedef {import("./types.js").NeuronData} NeuronData
 * @typedef {import("./types.js").State} State
 * @typedef {import("./store.js").ViewData} ViewData
 * @typedef {import("./store.js").KindData} KindData
 * @typedef {import("./figure_data.js").Cut} Cut
 * @typedef {(of: Kind, side: "rows" | "columns", words: boolean, hideSpecial: boolean, segments: string) => Cut} Cuts
 */

import { absentNote } from "../../shared/absent.js";
import { mergeCodes } from "./figure_data.js";

/**
 * Queries and keys belong to subwords: they are never merged to words.
 *
 * @param {ViewData} data
 * @param {object} view
 * @param {State} view.state
 * @param {() => Kind} view.kind
 * @param {Cuts} view.cuts
 * @param {(name: string, kind: Kind, layer: number) => Promise<any>} view.want
 * @returns {() => Promise<NeuronData | string>} A string says why there is none.
 */
export function createNeuron(data, { state, kind, cuts, want }) {
  /** @param {"rows" | "columns"} side */
  function axis(side) {
    const filters = /** @type {const} */ ([state.get("hide_special"), state.get("segments")]);
    const tokens = cuts(kind(), side, false, ...filters);
    if (state.get("units") === "tokens") return tokens;
    return inWords(tokens, cuts(kind(), side, true, false, "all"));
  }

  return async () => {
    const of = kind();
    const layer = state.get("layer");
    const chosen = state.get("heads");
    if (layer === "mean" || chosen === "mean") return MEAN;
    const known = data.neuron?.[of];
    if (!known) return data.neuron_missing;
    const names = /** @type {const} */ (["queries", "keys", "weight"]);
    const found = await Promise.all(names.map((name) => want(name, of, layer)));
    const [query, key, weights] = found;
    if (!query || !key || !weights) return unanswered(layer, Object.keys(known.queries));
    const { layers, heads } = /** @type {KindData} */ (data.kinds[of]);
    const head = chosen[0] ?? 0;
    const rows = axis("rows");
    const columns = axis("columns");
    const cells = weights.length / heads;
    return {
      size: query.shape[2],
      scaling: known.scaling[layers.indexOf(layer)],
      queries: pick(query, head, rows),
      keys: pick(key, head, columns),
      rows,
      columns,
      codes: mergeCodes(weights.subarray(head * cells, (head + 1) * cells), 1, rows, columns).codes,
    };
  };
}

/**
 * Numbers subwords as the words are numbered.
 *
 * @param {Cut} tokens
 * @param {Cut} words
 * @returns {Cut}
 */
function inWords(tokens, words) {
  const wordOf = new Map();
  for (let word = 0; word < words.size; word++)
    for (let token = words.starts[word]; token < words.ends[word]; token++)
      wordOf.set(token, words.unit[word]);
  return { ...tokens, unit: tokens.unit.map((token) => wordOf.get(token)) };
}

const MEAN = "Queries and keys belong to one head of one layer: choose a layer and a head.";

/**
 * @param {{ values: Float32Array, shape: number[] }} vectors `[heads, tokens, size]`
 * @param {number} head
 * @param {Cut} axis
 * @returns {Float32Array} `[axis, size]`
 */
function pick({ values, shape }, head, axis) {
  const [, tokens, size] = shape;
  const picked = new Float32Array(axis.size * size);
  axis.starts.forEach((token, i) => {
    const at = (head * tokens + token) * size;
    picked.set(values.subarray(at, at + size), i * size);
  });
  return picked;
}

/** @param {number} layer @param {string[]} here */
function unanswered(layer, here) {
  const others = here.length ? `layers ${here.join(", ")}` : "";
  return absentNote(`Queries and keys of layer ${layer} are`, others);
}
