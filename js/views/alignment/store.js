/**
 * What there is to draw: links by pair, layer and method, cosines, the map; and Python's answers about
 * pairs that did not come with the view.
 *
 * @typedef {import("./types.js").Data} Data
 * @typedef {import("./types.js").Detail} Detail
 * @typedef {import("./types.js").Link} Link
 * @typedef {import("./types.js").Tensor} Tensor
 * @typedef {{ links: Uint16Array, starts: Int32Array, found: Int32Array | null }} PairLinks
 * @typedef {{ layers: number[], values: Float32Array }} Cosines `[layers, source, target]`
 */

import { asStored, readBytes, toValues } from "../../shared/tensor.js";
import { isKnown } from "./verdicts.js";

/** Longer than a kernel on the same machine needs, short enough to say what still works. */
const PATIENCE = 1500;

const FULL = 65535;

/** @typedef {Awaited<ReturnType<typeof createStore>>} Store */

/**
 * @param {import("./types.js").Model} model
 * @param {() => void} arrived An answer came.
 */
export async function createStore(model, arrived) {
  const data = /** @type {Data} */ (model.get("data"));
  const layers = data.hidden_layers;
  const methods = data.methods.map(({ name }) => name);
  const given = [...new Set(data.pairs.flatMap((pair) => Object.keys(pair.given)))];
  /** @type {Map<number, PairLinks>} */
  const linksOf = new Map();
  /** @type {Map<number, Cosines>} */
  const cosinesOf = new Map();
  /** @type {Map<number, Float32Array>} */
  const mapOf = new Map();
  /** @type {Set<() => void>} */
  const waiting = new Set();
  /** @type {{ all: Float32Array, pairs: Float32Array, chance: Float32Array | null } | null} */
  let map = null;

  /**
   * @param {number} pair
   * @param {import("./types.js").PackedLinks} packed
   */
  async function readLinks(pair, { links, starts, found }) {
    const read = async (/** @type {Tensor} */ tensor) => asStored(tensor, await readBytes(tensor));
    linksOf.set(pair, {
      links: /** @type {Uint16Array} */ (await read(links)),
      starts: /** @type {Int32Array} */ (await read(starts)),
      found: found ? /** @type {Int32Array} */ (await read(found)) : null,
    });
  }

  async function readMap() {
    if (!data.map) return;
    const read = async (/** @type {Tensor} */ tensor) => toValues(tensor, await readBytes(tensor));
    const { all, pairs, chance } = data.map;
    map = {
      all: await read(all),
      pairs: await read(pairs),
      chance: chance && (await read(chance)),
    };
  }

  async function hear() {
    const { pair, links, starts, found, similarity, ...more } = /** @type {Detail} */ (
      model.get("detail") ?? {}
    );
    if (pair === undefined || !data.pairs[pair]) return;
    if (links && starts) await readLinks(pair, { links, starts, found });
    if (similarity) {
      const values = toValues(similarity, await readBytes(similarity));
      cosinesOf.set(pair, { layers: more.similarity_layers ?? layers, values });
    }
    if (more.map) mapOf.set(pair, toValues(more.map, await readBytes(more.map)));
    for (const look of [...waiting]) look();
    arrived();
  }

  /**
   * @template Content
   * @param {() => Content | null} look
   * @returns {Promise<Content | null>} Null when Python does not answer.
   */
  function patiently(look) {
    return new Promise((resolve) => {
      const found = look();
      if (found) return resolve(found);
      const stop = (/** @type {Content | null} */ content) => {
        waiting.delete(again);
        clearTimeout(timer);
        resolve(content);
      };
      const again = () => {
        const content = look();
        if (content) stop(content);
      };
      const timer = setTimeout(stop, PATIENCE, null);
      waiting.add(again);
    });
  }

  /**
   * @param {number} pair
   * @param {number} step
   * @param {string} method
   * @returns {Link[] | null} Null while they are not here.
   */
  function links(pair, step, method) {
    const at = methods.indexOf(method);
    if (at < 0) {
      const own = data.pairs[pair].given[method] ?? [];
      return own.map(([source, target]) => ({ source, target, confidence: 1 }));
    }
    const known = linksOf.get(pair);
    if (!known) return null;
    const cell = step * methods.length + at;
    const found = [];
    for (let k = known.starts[cell]; k < known.starts[cell + 1]; k++)
      found.push({
        source: known.links[3 * k],
        target: known.links[3 * k + 1],
        confidence: known.links[3 * k + 2] / FULL,
      });
    return found;
  }

  /**
   * @param {number} pair
   * @param {number} step
   * @returns {Float32Array | null} `[source, target]`; NaN for a word that the model did not read.
   */
  function cosines(pair, step) {
    const known = cosinesOf.get(pair);
    const at = known?.layers.indexOf(layers[step]) ?? -1;
    if (!known || at < 0) return null;
    const size = data.pairs[pair].source.length * data.pairs[pair].target.length;
    return known.values.subarray(at * size, (at + 1) * size);
  }

  await Promise.all([
    readMap(),
    ...Object.entries(data.links).map(([pair, packed]) => readLinks(Number(pair), packed)),
  ]);
  // Looked at on demand only: not to hold up the first picture.
  for (const [pair, tensor] of Object.entries(data.similarity))
    Promise.resolve(readBytes(tensor)).then((bytes) => {
      cosinesOf.set(Number(pair), { layers, values: toValues(tensor, bytes) });
      for (const look of [...waiting]) look();
    });
  model.on("change:detail", hear);
  hear();

  return {
    data,
    methods,
    /** The methods, and the names under which links were given. */
    names: [...methods, ...given],
    links,
    cosines,

    /** @param {number} pair */
    packed: (pair) => linksOf.get(pair) ?? null,

    /**
     * @param {number} pair
     * @param {number} step
     * @param {string} method
     * @returns {number} How many of the faintest links did not come: all are more than a view carries.
     */
    left(pair, step, method) {
      const { starts, found } = linksOf.get(pair) ?? {};
      const at = methods.indexOf(method);
      if (!starts || !found || at < 0) return 0;
      const cell = step * methods.length + at;
      return found[cell] - (starts[cell + 1] - starts[cell]);
    },

    /**
     * @param {number[]} pairs
     * @returns {boolean} Whether all links of all of them came.
     */
    isWhole: (pairs) => pairs.every((pair) => !linksOf.get(pair)?.found),

    /** @param {number} pair */
    has: (pair) => linksOf.has(pair) || !methods.length,

    /** @param {number} pair */
    wantLinks: (pair) => patiently(() => linksOf.get(pair) ?? null),

    /**
     * @param {number} pair
     * @param {number} step
     */
    wantCosines: (pair, step) => patiently(() => cosines(pair, step)),

    /**
     * As Python counted it, over all links.
     *
     * @param {"all" | number} of
     * @returns {Float32Array | null} `[layers, methods]`
     */
    map(of) {
      if (of === "all") return map?.all ?? null;
      const size = layers.length * methods.length;
      const own = map?.pairs.subarray(of * size, (of + 1) * size);
      return own?.some(isKnown) ? own : (mapOf.get(of) ?? own ?? null);
    },

    /** @returns {Float32Array | null} `[layers, methods]`: the baseline of a mean confidence. */
    chance: () => map?.chance ?? null,

    /** @returns {number[]} Which pairs the map of all counts. */
    counted() {
      const size = layers.length * methods.length;
      return data.pairs
        .map((_, pair) => pair)
        .filter((pair) => map?.pairs.subarray(pair * size, (pair + 1) * size).some(isKnown));
    },

    destroy() {
      model.off("change:detail", hear);
    },
  };
}
