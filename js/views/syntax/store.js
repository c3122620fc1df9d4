/**
 * Supplies the view with sentences and their trees: those that came with it, and those that Python sends.
 *
 * @typedef {import("./types.js").Packed} Packed
 * @typedef {import("./types.js").Sentence} Sentence
 */

import { createCache } from "../../shared/cache.js";
import { asStored, readBytes } from "../../shared/tensor.js";

/** @typedef {Awaited<ReturnType<typeof createStore>>} Store */

/**
 * @param {import("./types.js").Model} model
 * @param {() => void} arrived An answer came.
 */
export async function createStore(model, arrived) {
  const data = /** @type {import("./types.js").Data} */ (model.get("data"));

  /** @param {Packed} packed @returns {Promise<Sentence>} */
  async function unpacked(packed) {
    const { heads, words } = packed;
    const codes = /** @type {Int8Array | Int16Array} */ (asStored(heads, await readBytes(heads)));
    const trees = Array.from({ length: heads.shape[0] }, (_, tree) =>
      codes.subarray(tree * words.length, (tree + 1) * words.length),
    );
    return { ...packed, trees };
  }

  /** @param {Partial<Packed> & { sentence?: number }} detail */
  async function read({ sentence, ...packed }) {
    if (sentence === undefined) return {};
    return { [sentence]: await unpacked(/** @type {Packed} */ (packed)) };
  }

  const cache = createCache(model, { read, arrived });
  const own = Object.entries(data.embedded).map(async ([number, packed]) => [
    number,
    await unpacked(packed),
  ]);
  cache.put(Object.fromEntries(await Promise.all(own)));
  await cache.heard;

  return {
    data,
    /** By tree; the first is how many links there are. */
    found: asStored(data.found, await readBytes(data.found)),
    /** @param {number} sentence @returns {Sentence | null} Null until it is here. */
    sentence: (sentence) => cache.get(String(sentence)),
    /** @param {number} sentence */
    want: (sentence) => cache.wait(() => cache.get(String(sentence))),
    destroy: cache.destroy,
  };
}
