/**
 * Supplies the modes: reads `data`, inflates layers, merges units.
 *
 * @typedef {import("./types.js").Kind} Kind
 * @typedef {import("./types.js").Store} Store
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").FigureData} FigureData
 * @typedef {import("./types.js").HeadMap} HeadMap
 * @typedef {import("./types.js").NeuronData} NeuronData
 * @typedef {import("./figure_data.js").Text} Text
 * @typedef {import("./figure_data.js").Cut} Cut
 * @typedef {import("../../shared/tensor.js").Tensor} Tensor
 *
 * @typedef {object} KindData
 * @property {string} from
 * @property {string} to
 * @property {number[]} layers
 * @property {number} heads
 * @property {boolean} causal
 * @property {boolean} pair
 * @property {Record<string, Tensor>} embedded
 * @property {Tensor | null} overview
 * @property {{ names: string[], shares: Tensor, even?: Tensor, evenness: Tensor }} patterns
 * @property {Tensor} rounded
 * @property {number} missing
 * @property {number} [most] Of a signed quantity, what its codes end at.
 * @property {Tensor} [sizes] Of one, each head's mean size.
 *
 * @typedef {object} PackedNeuron
 * @property {number[]} scaling
 * @property {Record<string, Tensor>} queries
 * @property {Record<string, Tensor>} keys
 *
 * @typedef {object} ViewData The trait `data`.
 * @property {string} title
 * @property {Record<string, Text>} texts
 * @property {Partial<Record<Kind, KindData>>} kinds
 * @property {Partial<Record<Kind, PackedNeuron>> | null} neuron
 * @property {string} neuron_missing
 * @property {import("./statistics_map.js").Statistics | null} [statistics]
 * @property {Record<string, { words: string, names?: string[], kinds: Record<string, KindData> }>}
 *   [quantities] What can be drawn in the place of the weights; of a difference, the two models' names.
 * @property {import("./switches.js").Switches} [switches]
 * @property {number[] | null} [include_heads] The heads that the overview shows.
 *
 * @typedef {object} Detail What Python last sent.
 * @property {Kind} [kind]
 * @property {number} [layer]
 * @property {Tensor | null} [attention]
 * @property {Tensor | null} [queries]
 * @property {Tensor | null} [keys]
 * @property {string} [quantity] What `attention` holds.
 * @property {Record<string, Tensor>} [both] What a difference is of.
 * @property {Tensor | null} [pair]
 * @property {(string | number)[]} [of] Units, source and target of the pair.
 */

import { createCache, decodeAll } from "../../shared/cache.js";
import { idle } from "../../shared/idle.js";
import { bytesOf, count, readBytes, toValues } from "../../shared/tensor.js";
import { cutAxis, hiddenShare, makeFigureData, wordUnits } from "./figure_data.js";
import { meanOfMaps } from "./head_mean.js";
import { received } from "./heads_weights.js";
import { createNeuron } from "./neuron_store.js";
import { createPair } from "./pair_store.js";
import { scaleTo } from "./scale.js";
import { drawnHeads, pairOf } from "./selection.js";

/** Layers that are kept as they are shown: the one in view and those somebody flips between. */
const KEPT = 6;
/** Beside them the two that a difference is of. */
const BOTH = 2;

/** Limit of inflating ahead, in bytes. */
const AHEAD = 64e6;

/**
 * @param {import("../../shared/host_model.js").HostModel} model
 * @param {State} state
 * @param {() => void} arrived Called when an answer of Python's has come.
 * @returns {Store & { destroy: () => void }}
 */
export function createStore(model, state, arrived) {
  const data = /** @type {ViewData} */ (model.get("data"));
  const names = /** @type {Kind[]} */ (Object.keys(data.kinds));
  const cache = createCache(model, { read, arrived });
  const cuts = remember(64, cut);
  const kept = remember(KEPT + BOTH, build);
  const scales = remember(KEPT, scaleTo);
  // Small tensors are never deflated.
  const small = remember(64, (/** @type {Tensor} */ tensor) =>
    toValues(tensor, bytesOf(tensor.buffer)),
  );
  /** @type {Map<string, Uint8Array>} */
  const pooled = new Map();
  const neuron = createNeuron(data, { state, kind, cuts, want });
  const pairs = createPair({ state, kind, about, cuts, codesOf, scale, cache, wantMaps });
  let gone = false;

  /** @param {Detail} detail */
  function read({ kind: of, layer, quantity, attention, both, queries, keys, pair, of: units }) {
    const tensors = { [quantity ?? "weight"]: attention, ...both, queries, keys };
    const named = Object.entries(tensors).map(([name, one]) => [`${name} ${of} ${layer}`, one]);
    named.push([`pair ${of} ${units}`, pair]);
    return decodeAll(Object.fromEntries(named), decode);
  }

  /**
   * @param {string} name "queries", "keys", or a quantity.
   * @param {Kind} of
   * @param {number | "mean"} layer
   * @returns {Promise<any>} Null when it is not here and Python does not answer.
   */
  async function want(name, of, layer) {
    const key = `${name} ${of} ${layer}`;
    const vectors = name === "queries" || name === "keys";
    const tensor = (vectors ? data.neuron?.[of]?.[name] : packed(name, of).embedded)?.[layer];
    if (tensor) return cache.load(key, async () => decode(tensor, await readBytes(tensor)));
    await cache.heard;
    return cache.wait(() => cache.get(key));
  }

  /** @param {Kind} of @param {number | "mean"} layer @returns {Uint8Array | null} */
  function codesOf(of, layer, name = quantity()) {
    return cache.get(`${name} ${of} ${layer}`);
  }

  function kind() {
    const wanted = state.get("attention_kind");
    return names.includes(wanted) ? wanted : names[0];
  }

  const quantity = () => state.get("quantity") ?? "weight";

  /** @param {string} name @param {Kind} of */
  function packed(name, of) {
    return /** @type {KindData} */ ((data.quantities?.[name] ?? data).kinds[of]);
  }

  function about() {
    return packed(quantity(), kind());
  }

  /** Of what is drawn. */
  function scale() {
    return scales(about().most);
  }

  /**
   * @param {Kind} of
   * @param {"rows" | "columns"} side
   * @param {boolean} words
   * @param {boolean} hideSpecial
   * @param {string} segments
   * @returns {Cut}
   */
  function cut(of, side, words, hideSpecial, segments) {
    const { from, to, pair } = /** @type {KindData} */ (data.kinds[of]);
    const name = side === "rows" ? from : to;
    const letter = segments[side === "rows" ? 0 : 2];
    const segment = pair && segments !== "all" ? Number(letter === "b") : null;
    return cutAxis(name, data.texts[name], { words, hideSpecial, segment });
  }

  /** @param {"rows" | "columns"} side */
  function axis(side) {
    const words = state.get("units") === "words";
    return cuts(kind(), side, words, state.get("hide_special"), state.get("segments"));
  }

  /**
   * @param {string} name
   * @param {Kind} of
   * @param {number | "mean"} layer
   * @param {boolean} mean Of all heads.
   * @param {Cut} rows
   * @param {Cut} columns
   * @returns {FigureData | null}
   */
  function build(name, of, layer, mean, rows, columns) {
    const { layers, heads, rounded, most } = packed(name, of);
    const scale = scales(most);
    const chosen = layer === "mean" ? layers : [layer];
    const here = chosen.map((one) => codesOf(of, one, name));
    let codes = layer === "mean" ? codesOf(of, layer, name) : here[0];
    if (!codes && here.every((one) => one))
      codes = meanOfMaps(/** @type {Uint8Array[]} */ (here), scale);
    if (!codes) return null;
    const cells = codes.length / heads;
    const each = range(heads);
    const lost = each.map((head) =>
      meanOf(chosen.map((one) => small(rounded)[layers.indexOf(one) * heads + head])),
    );
    const whole = codes;
    if (mean)
      codes = meanOfMaps(
        each.map((head) => whole.subarray(head * cells, (head + 1) * cells)),
        scale,
      );
    const where = layer === "mean" ? `mean of ${layers.length} layers` : `layer ${layer}`;
    const counts = mean ? { heads: 1, mean: heads } : { heads, mean: 0 };
    const about = {
      kind: of,
      layer,
      where,
      scale,
      ...counts,
      rounded: mean ? [meanOf(lost)] : lost,
    };
    return makeFigureData(
      { ...about, rounded: Float32Array.from(about.rounded) },
      codes,
      rows,
      columns,
    );
  }

  /** @param {number | "mean"} layer */
  const isThere = (layer) => layer === "mean" || about().layers.includes(layer);

  function figureData(layer = state.get("layer"), name = quantity()) {
    if (!isThere(layer)) return null;
    const mean = state.get("heads") === "mean";
    return kept(name, kind(), layer, mean, axis("rows"), axis("columns"));
  }

  /** @param {number | "mean"} layer @param {string} name @returns {Promise<boolean>} Whether it is here. */
  async function wantLayer(layer, name) {
    const { layers, embedded } = packed(name, kind());
    const parts = layer === "mean" && layers.every((one) => embedded[one]) ? layers : [layer];
    const all = parts.map((one) => isThere(one) && want(name, kind(), one));
    return (await Promise.all(all)).every((one) => one);
  }

  async function inflateAhead() {
    const of = kind();
    const { embedded, layers } = about();
    const layer = state.get("layer");
    if (layer === "mean") return;
    const near = layers
      .filter((one) => embedded[one])
      .sort((a, b) => Math.abs(a - layer) - Math.abs(b - layer));
    let room = AHEAD;
    for (const [at, one] of near.entries()) {
      room -= count(embedded[one]);
      await idle();
      if (room < 0 || gone || kind() !== of || state.get("layer") !== layer) return;
      await want(quantity(), of, one);
      if (at < KEPT) await countAhead(one);
    }
  }

  /**
   * Counts ahead what takes longer than a frame in a long text.
   *
   * @param {number} layer
   */
  async function countAhead(layer) {
    await idle();
    const next = figureData(layer);
    const threshold = state.get("threshold");
    if (next) received(next, threshold);
    await idle();
    if (next) hiddenShare(next, drawnHeads(state), threshold);
  }

  async function wantMaps() {
    const [of, name] = [kind(), quantity()];
    const { overview, layers } = about();
    if (!overview) await Promise.all(layers.map((layer) => want(name, of, layer)));
    else if (!pooled.has(name + of)) pooled.set(name + of, await readBytes(overview));
  }

  /** @param {number} layer @param {number} head @returns {HeadMap | null} */
  function map(layer, head) {
    const { overview, layers, heads, from, to } = about();
    const [rows, columns] = overview?.shape.slice(2) ?? [size(from), size(to)];
    const codes = overview ? pooled.get(quantity() + kind()) : codesOf(kind(), layer);
    if (!codes) return null;
    const at = (overview ? layers.indexOf(layer) * heads + head : head) * rows * columns;
    const special = data.texts[to].is_special;
    return {
      codes: codes.subarray(at, at + rows * columns),
      rows,
      columns,
      first: special[0],
      last: special[special.length - 1],
      pooled: Boolean(overview),
      scale: scale(),
    };
  }

  /**
   * Another kind may have other layers, heads and tokens.
   *
   * @param {KindData} other
   * @param {Partial<import("./types.js").ViewState>} more
   * @returns {Partial<import("./types.js").ViewState>}
   */
  function fitted({ layers, heads }, more) {
    const [layer, on] = [state.get("layer"), state.get("heads")];
    const kept = on === "mean" ? [] : on.filter((head) => head < heads);
    return {
      ...more,
      layer: layer === "mean" || layers.includes(layer) ? layer : layers[0],
      heads: on === "mean" ? on : !(kept.length && on.length < about().heads) ? range(heads) : kept,
    };
  }

  /** @param {string} name */
  const size = (name) => data.texts[name].tokens.length;

  return {
    title: data.title,
    kinds: () => names,
    quantities: () => ["weight", ...Object.keys(data.quantities ?? {})],
    quantity: () => (quantity() === "other" ? "weight" : quantity()),
    scale,
    quantityWords: () => data.quantities?.[quantity()]?.words ?? null,
    shape() {
      const { layers, heads, causal, pair } = about();
      return {
        layers,
        heads,
        included: (data.include_heads ?? range(heads)).filter((head) => head < heads),
        causal,
        pair,
        rows: axis("rows"),
        columns: axis("columns"),
      };
    },
    hasWords() {
      const { from, to } = about();
      return [from, to].some((name) => wordUnits(data.texts[name]).length < size(name));
    },
    figureData: (layer) => figureData(layer),
    async want(layer = state.get("layer")) {
      const found = await wantLayer(layer, quantity());
      if (found) inflateAhead();
      return found ? figureData(layer) : null;
    },
    models: () => (quantity() === "difference" && data.quantities?.difference.names) || null,
    async wantBoth() {
      const layer = state.get("layer");
      const each = ["weight", "other"].map(async (name) =>
        (await wantLayer(layer, name)) ? figureData(layer, name) : null,
      );
      return Promise.all(each);
    },
    map,
    wantMaps,
    statistics: data.statistics ?? null,
    switches: data.switches ?? null,
    pair: pairs.get,
    wantPair: pairs.want,
    patterns() {
      const { patterns: found, sizes } = about();
      const { names: patterns, shares, even, evenness } = found;
      return {
        ...{ names: patterns, shares: small(shares), evenness: small(evenness) },
        // Notebooks of older versions do not tell it.
        even: even ? small(even) : new Float32Array(patterns.length).fill(Number.NaN),
        hideSpecial: state.get("hide_special"),
        sizes: sizes ? small(sizes) : null,
      };
    },
    here: () => about().layers.filter((layer) => about().embedded[layer] || codesOf(kind(), layer)),
    wantNeuron: neuron,
    specialNames() {
      const { tokens, is_special: special } = data.texts[about().to];
      return [...new Set(tokens.filter((_, i) => special[i]))];
    },
    /** Carries the selection to other units, and to the other side of the same text. */
    carried(field, value) {
      const none = { selected_tokens: [], pair: [] };
      if (field === "attention_kind")
        return fitted(packed(quantity(), value), { [field]: value, ...none });
      if (field === "quantity") return fitted(packed(value, kind()), { [field]: value });
      if (field === "side" && about().from !== about().to)
        return { side: value, selected_tokens: [] };
      const words = state.get("units") === "words";
      if (field !== "units" || value === state.get("units")) return { [field]: value };
      /** @type {(end: "rows" | "columns", units: number[]) => number[]} */
      const carry = (end, units) => {
        const before = cuts(kind(), end, words, false, "all");
        const after = cuts(kind(), end, !words, false, "all");
        return after.unit.filter((unit) =>
          units.some(
            (one) => after.starts[unit] < before.ends[one] && before.starts[one] < after.ends[unit],
          ),
        );
      };
      const [source, target] = pairOf(state);
      const side = state.get("side") === "from" ? "rows" : "columns";
      return {
        units: value,
        selected_tokens: carry(side, state.get("selected_tokens")),
        pair:
          target === undefined ? [] : [carry("rows", [source])[0], carry("columns", [target])[0]],
      };
    },
    missing: () => about().missing,
    destroy() {
      gone = true;
      cache.destroy();
    },
  };
}

/**
 * @param {Tensor} tensor
 * @param {Uint8Array} bytes
 * @returns {any} Codes of weights, or vectors with their shape.
 */
function decode(tensor, bytes) {
  const isCodes = tensor.dtype === "uint8";
  return isCodes ? bytes : { values: toValues(tensor, bytes), shape: tensor.shape };
}

/** @param {number[]} values */
const meanOf = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** @param {number} count */
const range = (count) => [...Array(count).keys()];

/**
 * Remembers the last results, by the identity of the arguments; forgets null.
 *
 * @template {any[]} Arguments
 * @template Result
 * @param {number} kept
 * @param {(...inputs: Arguments) => Result} compute
 * @returns {(...inputs: Arguments) => Result}
 */
export function remember(kept, compute) {
  /** @type {{ inputs: Arguments, result: Result }[]} */
  let known = [];
  return (...inputs) => {
    const same = known.find((one) => one.inputs.every((value, i) => value === inputs[i]));
    const found = same ?? { inputs, result: compute(...inputs) };
    if (found.result !== null)
      known = [found, ...known.filter((one) => one !== found)].slice(0, kept);
    return found.result;
  };
}
