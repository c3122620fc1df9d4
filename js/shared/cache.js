/**
 * Contents by name: those that came with the view, and those that Python sends in the trait `detail` when
 * it hears what is shown.
 */

import { readBytes } from "./tensor.js";

/** Longer than a kernel on the same machine needs, short enough to say what still works; in ms. */
const PATIENCE = 1500;

/** Answers that are kept, where a view does not say: they are too large to be all here. */
const KEPT = 4;

/**
 * @param {import("./host_model.js").HostModel} model
 * @param {object} source
 * @param {(detail: any) => Promise<Record<string, any>>} source.read What an answer holds, by name.
 * @param {() => void} source.arrived An answer came.
 * @param {number} [source.kept]
 */
export function createCache(model, { read, arrived, kept = KEPT }) {
  /** @type {Map<string, any>} */
  const contents = new Map();
  /** @type {Map<string, Promise<any>>} */
  const coming = new Map();
  /** @type {Map<string, string[]>} The names in each answer, the newest last. */
  const answers = new Map();
  /** @type {Set<() => void>} */
  const waiting = new Set();

  /** @param {Record<string, any>} found */
  function put(found) {
    for (const [name, content] of Object.entries(found)) contents.set(name, content);
    for (const look of [...waiting]) look();
  }

  async function hear() {
    const found = await attempt("an answer", () => read(model.get("detail") ?? {}));
    const names = Object.keys(found ?? {});
    if (!names.length) return;
    put(found);
    answers.delete(names.join());
    answers.set(names.join(), names);
    if (answers.size > kept) forgetOldest();
    arrived();
  }

  function forgetOldest() {
    const [[oldest, names]] = answers;
    answers.delete(oldest);
    const needed = [...answers.values()].flat();
    for (const name of names) if (!needed.includes(name)) contents.delete(name);
  }

  model.on("change:detail", hear);

  return {
    /** Resolves when an answer that was there at the start is read. */
    heard: hear(),
    put,
    get: (/** @type {string} */ name) => contents.get(name) ?? null,

    /**
     * Reads a content once, however often it is asked for.
     *
     * @param {string} name
     * @param {() => any} decode
     * @returns {Promise<any>} Null where it cannot be read.
     */
    async load(name, decode) {
      if (contents.has(name)) return contents.get(name);
      if (!coming.has(name)) {
        const content = attempt(name, decode).finally(() => coming.delete(name));
        coming.set(name, content);
        put({ [name]: await content });
      }
      return coming.get(name) ?? contents.get(name);
    },

    /**
     * @template Content
     * @param {() => Content | null} find
     * @returns {Promise<Content | null>} Null when Python does not answer in time.
     */
    wait(find) {
      return new Promise((resolve) => {
        const look = (/** @type {boolean} */ last = false) => {
          const content = find();
          if (content === null && !last) return;
          waiting.delete(look);
          clearTimeout(timer);
          resolve(content);
        };
        const timer = setTimeout(look, PATIENCE, true);
        waiting.add(look);
        look();
      });
    },

    destroy: () => model.off("change:detail", hear),
  };
}

/** @param {string} what @param {() => any} act */
async function attempt(what, act) {
  try {
    return await act();
  } catch (error) {
    console.error(`bertviz_plus: ${what} cannot be read`, error);
    return null;
  }
}

/**
 * @template Content
 * @param {Record<string, import("./tensor.js").Tensor | null | undefined>} tensors
 * @param {(tensor: import("./tensor.js").Tensor, bytes: Uint8Array) => Content} decode
 * @returns {Promise<Record<string, Content>>} Those that are there.
 */
export async function decodeAll(tensors, decode) {
  /** @type {Record<string, Content>} */
  const found = {};
  for (const [name, tensor] of Object.entries(tensors))
    if (tensor) found[name] = decode(tensor, await readBytes(tensor));
  return found;
}
