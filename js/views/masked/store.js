/**
 * Answers by sentence and edits: those that came with the view, and those that Python sends.
 *
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").PackedAsked} PackedAsked
 */

import { createCache } from "../../shared/cache.js";
import { asStored, readBytes, toValues } from "../../shared/tensor.js";

/** @typedef {Awaited<ReturnType<typeof createStore>>} Store */

export const TENSORS = /** @type {const} */ ([
  "probabilities",
  "ranks_before",
  "probabilities_before",
  "ranks_of_first",
  "probabilities_of_first",
  "lens",
  "lens_first_probabilities",
  "attributions",
]);

/** @param {string[]} edits */
const keyOf = (edits) => edits.join("\n");

/**
 * @param {import("./types.js").Model} model
 * @param {() => void} arrived An answer came.
 */
export async function createStore(model, arrived) {
  const data = /** @type {import("./types.js").Data} */ (model.get("data"));

  /** @param {import("./types.js").Packed} packed @returns {Promise<Answer>} */
  async function unpacked(packed) {
    const numbers = await Promise.all(
      TENSORS.map(async (name) => {
        const tensor = packed[name];
        const bytes = await readBytes(tensor);
        return [name, name.startsWith("ranks") ? asStored(tensor, bytes) : toValues(tensor, bytes)];
      }),
    );
    return { ...packed, ...Object.fromEntries(numbers) };
  }

  /** @param {{ asked?: PackedAsked }} found All answers to one sentence, at each change. */
  async function read({ asked }) {
    if (!asked) return {};
    const answers = await Promise.all(asked.answers.map(unpacked));
    return { [asked.text]: new Map(answers.map((one) => [keyOf(one.edits), one])) };
  }

  const cache = createCache(model, { read, arrived, kept: 8 });
  cache.put(await read(data));
  await cache.heard;

  /** @param {string} text @param {string[]} [edits] @returns {Answer | null} Null until it is here. */
  const answer = (text, edits = []) => cache.get(text)?.get(keyOf(edits)) ?? null;

  return {
    data,
    answer,
    /** @param {string} text @param {string[]} edits */
    want: (text, edits) => cache.wait(() => answer(text, edits)),
    destroy: cache.destroy,
  };
}
