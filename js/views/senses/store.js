/**
 * What there is to draw: points by layer, groups, texts, neighbours; and Python's answers about layers
 * that did not come with the view.
 *
 * @typedef {import("./types.js").Data} Data
 * @typedef {import("./types.js").Detail} Detail
 * @typedef {import("./types.js").Group} Group
 * @typedef {import("./types.js").Nearest} Nearest
 * @typedef {import("./types.js").Points} Points
 * @typedef {import("./types.js").Tensor} Tensor
 */

/**
 * @typedef {object} Found Neighbours of some layers.
 * @property {string} space
 * @property {number[]} layers
 * @property {number} each How many neighbours.
 * @property {ArrayLike<number> & { subarray: (from: number, to: number) => Iterable<number> }} indices
 * @property {(first: number) => Float32Array} cosines
 * @property {number} digits
 */

import { asStored, bytesOf, inflate, readBytes, toValues } from "../../shared/tensor.js";

/** Longer than a kernel on the same machine needs, short enough to say what still works. */
const PATIENCE = 1500;

/** Answers that are kept: they are the layers too large to be all here. */
const KEPT = 4;

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
  /** @type {Set<string>} */
  const answers = new Set();
  /** @type {Found[]} */
  const neighbours = [];
  /** @type {Found[]} What Python sent since, the newest first. */
  const answered = [];
  /** @type {Int32Array | null} */
  let kin = null;
  /** @type {Set<() => void>} */
  const waiting = new Set();
  /** @type {string[]} */
  let texts = [];
  /** @type {string[]} */
  let folded = [];
  let spans = new Int32Array(2 * data.count);

  /**
   * @param {string} name
   * @param {Tensor} tensor
   */
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
        // What has no label comes as the largest code; here it is a group of its own, the last.
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
    const known = decoded.get(key);
    if (known) return known;
    const about = data.projections[projection];
    const bytes = stored.get(projection);
    const at = (about?.layers ?? layers).indexOf(layers[step]);
    if (!about || !bytes || at < 0) return null;
    const found = decodePoints(about.points, bytes, at);
    decoded.set(key, found);
    return found;
  }

  async function hear() {
    const detail = /** @type {Detail} */ (model.get("detail") ?? {});
    const layer = detail.hidden_layer;
    if (layer === undefined) return;
    const { points: tensor, neighbours: indices, cosines } = detail;
    const key = `${detail.projection ?? model.get("projection")} ${layer}`;
    if (tensor) {
      decoded.set(key, decodePoints(tensor, await readBytes(tensor)));
      answers.delete(key);
      answers.add(key);
      const [oldest] = answers;
      if (answers.size > KEPT && answers.delete(oldest)) decoded.delete(oldest);
    }
    if (indices && cosines)
      await readNeighbours(detail.space ?? "", [layer], indices, cosines, answered);
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
   * @param {number} item
   * @param {number} step
   * @param {string} projection
   * @returns {Nearest | null} Null where neither the data nor an answer hold this layer's.
   */
  function nearest(item, step, projection) {
    const wanted = data.projections[projection]?.space;
    const known = [...answered, ...neighbours].find(
      ({ space, layers: some }) => space === wanted && some.includes(layers[step]),
    );
    if (!known) return null;
    const { indices, cosines, each } = known;
    const first = (known.layers.indexOf(layers[step]) * data.count + item) * each;
    const items = [...indices.subarray(first, first + each)];
    const values = cosines(first);
    // Where there are fewer others than there is room for, the rest is filled up.
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
   * @param {Found[]} kept Where they are kept.
   */
  async function readNeighbours(space, some, indices, cosines, kept) {
    const [bytes, cosineBytes] = await Promise.all([readBytes(indices), readBytes(cosines)]);
    const size = cosineBytes.length / (cosines.shape.reduce((a, b) => a * b) || 1);
    const each = indices.shape[indices.shape.length - 1];
    kept.unshift({
      space,
      layers: some,
      each,
      indices: asStored(indices, bytes),
      // Read when they are looked at: all of them would hold up the first picture.
      cosines: (first) =>
        toValues(cosines, cosineBytes.subarray(first * size, (first + each) * size)),
      digits: cosines.dtype === "uint8" ? 2 : 3,
    });
    if (kept === answered && kept.length > KEPT) kept.pop();
  }

  /** @param {Tensor} tensor */
  async function readKin(tensor) {
    kin = /** @type {Int32Array<ArrayBuffer>} */ (asStored(tensor, await readBytes(tensor)));
  }

  const [groups] = await Promise.all([
    readGroups(),
    ...Object.entries(data.projections).map(([name, { points: tensor }]) => keep(name, tensor)),
  ]);
  const late = [readTexts()];
  for (const [space, { layers: some, indices, cosines }] of Object.entries(data.neighbours))
    late.push(readNeighbours(space, some, indices, cosines, neighbours));
  if (data.kin) late.push(readKin(data.kin));
  Promise.all(late).then(arrived);
  model.on("change:detail", hear);
  hear();

  return {
    data,
    groups,
    steps: layers.length,
    points,
    nearest,

    /**
     * @param {number} item
     * @returns {number[]} Those that belong to it: its translations.
     */
    kinOf(item) {
      const found = [];
      const own = kin?.[item];
      for (let i = 0; kin && i < kin.length; i++) if (kin[i] === own && i !== item) found.push(i);
      return found;
    },

    /** @param {string} name */
    group: (name) => groups.find((one) => one.name === name) ?? groups[0] ?? null,

    /** @param {number} item */
    text: (item) => texts[item] ?? "",

    /**
     * @param {number} item
     * @returns {[number, number]}
     */
    span: (item) => [spans[2 * item], spans[2 * item + 1]],

    /**
     * @param {string} projection
     * @param {number} step
     */
    wantPoints: (projection, step) => patiently(() => points(projection, step)),

    /** @param {string} projection */
    here: (projection) => layers.filter((_, step) => points(projection, step)),

    /**
     * @param {string} wanted
     * @returns {number[]} The occurrences whose text holds it, whatever its case and its white space.
     */
    find(wanted) {
      if (!folded.length) folded = texts.map(fold);
      const needle = fold(wanted);
      const found = [];
      for (let i = 0; i < folded.length; i++) if (folded[i].includes(needle)) found.push(i);
      return found;
    },

    destroy() {
      model.off("change:detail", hear);
    },
  };
}

/** @param {string} text */
function fold(text) {
  return text.toLowerCase().replaceAll(/\s+/g, " ");
}
