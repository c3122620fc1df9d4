/**
 * Supplies the view: links by pair, layer and method, cosines, the map; and Python's answers
 * about pairs that did not come with it.
 *
 * @typedef {import("./types.js").Data} Data
 * @typedef {import("./types.js").Detail} Detail
 * @typedef {import("./types.js").Link} Link
 * @typedef {import("./types.js").Tensor} Tensor
 * @typedef {{ links: Uint16Array, starts: Int32Array, found: Int32Array | null }} PairLinks
 * @typedef {{ layers: number[], values: Float32Array }} Cosines `[layers, source, target]`
 */

import { createCache } from "../../shared/cache.js";
import { asStored, readBytes, toValues } from "../../shared/tensor.js";
import { isKnown } from "./verdicts.js";

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
  /** @type {{ all: Float32Array, pairs: Float32Array, chance: Float32Array | null } | null} */
  let map = null;

  /** @param {import("./types.js").PackedLinks} packed @returns {Promise<PairLinks>} */
  async function readLinks({ links, starts, found }) {
    const read = async (/** @type {Tensor} */ tensor) => asStored(tensor, await readBytes(tensor));
    return {
      links: /** @type {Uint16Array} */ (await read(links)),
      starts: /** @type {Int32Array} */ (await read(starts)),
      found: found ? /** @type {Int32Array} */ (await read(found)) : null,
    };
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

  /**
   * Reads an answer of Python's.
   *
   * @param {Detail} detail
   */
  async function read({ pair, links, starts, found, similarity, ...more }) {
    /** @type {Record<string, any>} */
    const answer = {};
    if (pair === undefined || !data.pairs[pair]) return answer;
    if (links && starts) answer[`links ${pair}`] = await readLinks({ links, starts, found });
    if (similarity) {
      const values = toValues(similarity, await readBytes(similarity));
      answer[`cosines ${pair}`] = { layers: more.similarity_layers ?? layers, values };
    }
    if (more.map) answer[`map ${pair}`] = toValues(more.map, await readBytes(more.map));
    return answer;
  }

  /** @type {(pair: number) => PairLinks | null} */
  const linksOf = (pair) => cache.get(`links ${pair}`);

  /**
   * @param {number} pair
   * @param {number} step
   * @param {string} method
   * @returns {Link[] | null} Null until they are here.
   */
  function links(pair, step, method) {
    const at = methods.indexOf(method);
    if (at < 0) {
      const own = data.pairs[pair].given[method] ?? [];
      return own.map(([source, target]) => ({ source, target, confidence: 1 }));
    }
    const known = linksOf(pair);
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
    const known = /** @type {Cosines | null} */ (cache.get(`cosines ${pair}`));
    const at = known?.layers.indexOf(layers[step]) ?? -1;
    if (!known || at < 0) return null;
    const size = data.pairs[pair].source.length * data.pairs[pair].target.length;
    return known.values.subarray(at * size, (at + 1) * size);
  }

  const [embedded] = await Promise.all([
    Promise.all(
      Object.entries(data.links).map(async ([pair, packed]) => [
        `links ${pair}`,
        await readLinks(packed),
      ]),
    ),
    readMap(),
  ]);
  // No answer is forgotten: the map counts all the pairs that are here.
  const cache = createCache(model, { read, arrived, kept: Number.POSITIVE_INFINITY });
  cache.put(Object.fromEntries(embedded));
  // Decoded after the first picture.
  for (const [pair, tensor] of Object.entries(data.similarity))
    Promise.resolve(readBytes(tensor)).then((bytes) =>
      cache.put({ [`cosines ${pair}`]: { layers, values: toValues(tensor, bytes) } }),
    );

  return {
    data,
    methods,
    /** The methods, and the names under which links were given. */
    names: [...methods, ...given],
    links,
    cosines,

    packed: linksOf,

    /**
     * @param {number} pair
     * @param {number} step
     * @param {string} method
     * @returns {number} How many of the faintest links did not come: all are more than a view
     *   carries.
     */
    left(pair, step, method) {
      const { starts, found } = linksOf(pair) ?? {};
      const at = methods.indexOf(method);
      if (!starts || !found || at < 0) return 0;
      const cell = step * methods.length + at;
      return found[cell] - (starts[cell + 1] - starts[cell]);
    },

    /**
     * @param {number[]} pairs
     * @returns {boolean} Whether all links of all of them came.
     */
    isWhole: (pairs) => pairs.every((pair) => !linksOf(pair)?.found),

    /** @param {number} pair */
    has: (pair) => linksOf(pair) !== null || !methods.length,

    /** @param {number} pair */
    wantLinks: (pair) => cache.wait(() => linksOf(pair)),

    /** @param {number} pair @param {number} step */
    wantCosines: (pair, step) => cache.wait(() => cosines(pair, step)),

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
      return own?.some(isKnown) ? own : (cache.get(`map ${of}`) ?? own ?? null);
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

    destroy: cache.destroy,
  };
}
