/**
 * Supplies the view: points by layer, groups, texts, neighbours; and Python's answers about
 * layers that did not come with it.
 *
 * @typedef {import("./types.js").Data} Data
 * @typedef {import("./types.js").Detail} Detail
 * @typedef {import("./types.js").Group} Group
 * @typedef {import("./types.js").Nearest} Nearest
 * @typedef {import("./types.js").Points} Points
 * @typedef {import("./types.js").Tensor} Tensor
 */

/**
 * @typedef {object} Found Neighbours of one layer.
 * @property {number} first Where they begin.
 * @property {number} each How many neighbours.
 * @property {ArrayLike<number> & { subarray: (from: number, to: number) => Iterable<number> }}
 *   indices
 * @property {(first: number) => Float32Array} cosines
 * @property {number} digits
 */

import { createCache } from "../../shared/cache.js";
import { asStored, bytesOf, inflate, readBytes, toValues } from "../../shared/tensor.js";

/** @typedef {Awaited<ReturnType<typeof createStore>>} Store */

/**
 * @param {import("./types.js").Model} model
 * @param {() => void} arrived Texts, neighbours or an answer came.
 */
export async function createStore(model, arrived) {
  const data = /** @type {Data} */ (model.get("data"));
  const layers = data.hidden_layers;
  /** @type {Map<string, Uint8Array>} */
  const stored = new Map();
  /** @type {Map<string, Points>} */
  const decoded = new Map();
  /** @type {Map<string, Found>} Those that came with the view. */
  const neighbours = new Map();
  /** @type {Int32Array | null} Points of one number are translations of each other. */
  let meanings = null;
  /** @type {string[]} */
  let texts = [];
  /** @type {string[]} */
  let folded = [];
  let spans = new Int32Array(2 * data.count);

  /** @param {string} name @param {Tensor} tensor */
  async function keep(name, tensor) {
    stored.set(name, await readBytes(tensor));
  }

  async function readTexts() {
    const [bytes, ends] = await Promise.all([
      inflate(bytesOf(data.texts.buffer)),
      readBytes(data.spans),
    ]);
    texts = JSON.parse(new TextDecoder().decode(bytes));
    spans = /** @type {Int32Array<ArrayBuffer>} */ (asStored(data.spans, ends));
  }

  /** @returns {Promise<Group[]>} */
  function readGroups() {
    return Promise.all(
      data.groups.map(async ({ name, title, labels, codes: tensor }) => {
        const codes = asStored(tensor, await readBytes(tensor)).slice();
        // Unlabelled items come with the largest code; here they are the last group.
        for (let i = 0; i < codes.length; i++) codes[i] = Math.min(codes[i], labels.length);
        const byLayer = tensor.shape.length > 1;
        const rows = Array.from({ length: byLayer ? layers.length : 1 }, (_, step) =>
          codes.subarray(step * data.count, (step + 1) * data.count),
        );
        return {
          name,
          title,
          labels,
          codes: (/** @type {number} */ step) => rows[byLayer ? step : 0],
        };
      }),
    );
  }

  /**
   * @param {Tensor} tensor
   * @param {Uint8Array} bytes
   * @param {number} [at] Which of the layers in the tensor.
   * @returns {Points}
   */
  function decodePoints(tensor, bytes, at = 0) {
    const size = (2 * data.count * bytes.length) / (tensor.shape.reduce((a, b) => a * b) || 1);
    const values = toValues(tensor, bytes.subarray(at * size, (at + 1) * size));
    const x = new Float32Array(data.count);
    const y = new Float32Array(data.count);
    for (let i = 0; i < data.count; i++) {
      x[i] = values[2 * i];
      y[i] = values[2 * i + 1];
    }
    return { x, y };
  }

  /**
   * @param {string} projection
   * @param {number} step
   * @returns {Points | null} Null while they are not here; NaN where a vector is missing.
   */
  function points(projection, step) {
    const key = `${projection} ${layers[step]}`;
    const known = cache.get(`points ${key}`) ?? decoded.get(key);
    if (known) return known;
    const about = data.projections[projection];
    const bytes = stored.get(projection);
    const at = (about?.layers ?? layers).indexOf(layers[step]);
    if (!about || !bytes || at < 0) return null;
    const found = decodePoints(about.points, bytes, at);
    decoded.set(key, found);
    return found;
  }

  /**
   * Reads an answer of Python's.
   *
   * @param {Detail} detail
   */
  async function read({ hidden_layer: layer, points: tensor, cosines, ...more }) {
    if (layer === undefined) return {};
    /** @type {Record<string, Points | Found>} */
    const found = {};
    const key = `points ${more.projection ?? model.get("projection")} ${layer}`;
    if (tensor) found[key] = decodePoints(tensor, await readBytes(tensor));
    if (more.neighbours && cosines)
      for (const [name, one] of await readNeighbours(
        more.space ?? "",
        [layer],
        more.neighbours,
        cosines,
      ))
        found[name] = one;
    return found;
  }

  /**
   * @param {number} item
   * @param {number} step
   * @param {string} projection
   * @returns {Nearest | null} Null where neither the data nor an answer hold this layer's.
   */
  function nearest(item, step, projection) {
    const name = `neighbours ${data.projections[projection]?.space} ${layers[step]}`;
    const known = /** @type {Found | undefined} */ (cache.get(name) ?? neighbours.get(name));
    if (!known) return null;
    const { indices, cosines, each } = known;
    const first = known.first + item * each;
    const items = [...indices.subarray(first, first + each)];
    const values = cosines(first);
    // Unused places are filled up.
    const real = items.map(
      (one, k) => one < data.count && one !== item && !Number.isNaN(values[k]),
    );
    return {
      items: items.filter((_, k) => real[k]),
      cosines: [...values].filter((_, k) => real[k]),
      digits: known.digits,
    };
  }

  /**
   * @param {string} space
   * @param {number[]} some Layers.
   * @param {Tensor} indices
   * @param {Tensor} cosines
   * @returns {Promise<[string, Found][]>}
   */
  async function readNeighbours(space, some, indices, cosines) {
    const [bytes, cosineBytes] = await Promise.all([readBytes(indices), readBytes(cosines)]);
    const size = cosineBytes.length / (cosines.shape.reduce((a, b) => a * b) || 1);
    const each = indices.shape[indices.shape.length - 1];
    const found = {
      each,
      indices: asStored(indices, bytes),
      // Decoded on demand: all of them would hold up the first picture.
      cosines: (/** @type {number} */ first) =>
        toValues(cosines, cosineBytes.subarray(first * size, (first + each) * size)),
      digits: cosines.dtype === "uint8" ? 2 : 3,
    };
    return some.map((layer, at) => [
      `neighbours ${space} ${layer}`,
      { ...found, first: at * data.count * each },
    ]);
  }

  /** @param {[string, import("./types.js").Neighbours]} entry */
  async function keepNeighbours([space, { layers: some, indices, cosines }]) {
    for (const [name, found] of await readNeighbours(space, some, indices, cosines))
      neighbours.set(name, found);
  }

  /** @param {Tensor} tensor */
  async function readMeanings(tensor) {
    meanings = /** @type {Int32Array<ArrayBuffer>} */ (asStored(tensor, await readBytes(tensor)));
  }

  const [groups] = await Promise.all([
    readGroups(),
    ...Object.entries(data.projections).map(([name, { points: tensor }]) => keep(name, tensor)),
  ]);
  const late = [readTexts(), ...Object.entries(data.neighbours).map(keepNeighbours)];
  if (data.kin) late.push(readMeanings(data.kin));
  Promise.all(late).then(arrived);
  const cache = createCache(model, { read, arrived });

  return {
    data,
    groups,
    steps: layers.length,
    points,
    nearest,

    /** @param {number} item @returns {number[]} */
    translationsOf(item) {
      const found = [];
      const own = meanings?.[item];
      for (let i = 0; meanings && i < meanings.length; i++)
        if (meanings[i] === own && i !== item) found.push(i);
      return found;
    },

    /** @param {string} name */
    group: (name) => groups.find((one) => one.name === name) ?? groups[0] ?? null,

    /** @param {number} item */
    text: (item) => texts[item] ?? "",

    /** @param {number} item @returns {[number, number]} */
    span: (item) => [spans[2 * item], spans[2 * item + 1]],

    /** @param {string} projection @param {number} step */
    wantPoints: (projection, step) => cache.wait(() => points(projection, step)),

    /** @param {string} projection */
    here: (projection) => layers.filter((_, step) => points(projection, step)),

    /**
     * @param {string} wanted
     * @returns {number[]} The occurrences whose text holds it, whatever its case and its white
     *   space.
     */
    find(wanted) {
      if (!folded.length) folded = texts.map(fold);
      const needle = fold(wanted);
      const found = [];
      for (let i = 0; i < folded.length; i++) if (folded[i].includes(needle)) found.push(i);
      return found;
    },

    destroy: cache.destroy,
  };
}

/** @param {string} text */
function fold(text) {
  return text.toLowerCase().replaceAll(/\s+/g, " ");
}
