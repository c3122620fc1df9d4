/**
 * The layers of one tensor: those that came with the view, and those that Python sends on demand.
 *
 * @typedef {import("./types.js").Kind} Kind
 * @typedef {import("../../shared/tensor.js").Tensor} Tensor
 * @typedef {import("./state.js").Model} Model
 * @typedef {object} Detail What Python last sent.
 * @property {Kind} [kind]
 * @property {number} [layer]
 * @property {Tensor | null} [attention]
 * @property {Tensor | null} [queries]
 * @property {Tensor | null} [keys]
 */

import { readBytes } from "../../shared/tensor.js";

/** Longer than a kernel on the same machine needs, short enough to say what still works. */
const PATIENCE = 1500;

/** Answers that are kept: they are the layers too large to be all here. */
const KEPT = 4;

/**
 * @template Content
 * @param {Model} model
 * @param {object} source
 * @param {(kind: Kind, layer: number) => Tensor | null | undefined} source.embedded
 * @param {(detail: Detail) => Tensor | null | undefined} source.answered
 * @param {(tensor: Tensor, bytes: Uint8Array) => Content} source.decode
 * @param {() => void} source.arrived
 */
export function createShelf(model, { embedded, answered, decode, arrived }) {
  /** @type {Map<string, Content>} */
  const here = new Map();
  /** @type {Map<string, Promise<Content | null>>} */
  const coming = new Map();
  /** @type {Set<string>} */
  const answers = new Set();
  /** @type {Set<() => void>} */
  const waiting = new Set();

  /**
   * @param {string} key
   * @param {Tensor} tensor
   * @returns {Promise<Content | null>}
   */
  function unpack(key, tensor) {
    const under = coming.get(key) ?? read(key, tensor).finally(() => coming.delete(key));
    coming.set(key, under);
    return under;
  }

  /**
   * @param {string} key
   * @param {Tensor} tensor
   */
  async function read(key, tensor) {
    try {
      const content = decode(tensor, await readBytes(tensor));
      here.set(key, content);
      return content;
    } catch (error) {
      console.error(`bertviz_plus: ${key} cannot be read`, error);
      return null;
    }
  }

  async function hear() {
    const detail = /** @type {Detail} */ (model.get("detail") ?? {});
    const tensor = answered(detail);
    if (!tensor) return;
    const key = `${detail.kind} ${detail.layer}`;
    await unpack(key, tensor);
    keepLast(key);
    for (const look of [...waiting]) look();
    arrived();
  }

  /** @param {string} key */
  function keepLast(key) {
    answers.delete(key);
    answers.add(key);
    const [oldest] = answers;
    if (answers.size > KEPT && answers.delete(oldest)) here.delete(oldest);
  }

  /**
   * @param {string} key
   * @returns {Promise<Content | null>}
   */
  function patiently(key) {
    return new Promise((resolve) => {
      const look = (/** @type {boolean} */ last = false) => {
        const content = here.get(key);
        if (!content && !last) return;
        waiting.delete(look);
        clearTimeout(timer);
        resolve(content ?? null);
      };
      const timer = setTimeout(look, PATIENCE, true);
      waiting.add(look);
    });
  }

  model.on("change:detail", hear);
  const heard = hear();

  return {
    /**
     * @param {Kind} kind
     * @param {number} layer
     * @returns {Content | null} Null while it is not inflated.
     */
    get: (kind, layer) => here.get(`${kind} ${layer}`) ?? null,

    /**
     * @param {Kind} kind
     * @param {number} layer
     * @returns {Promise<Content | null>} Null when it is not here and Python does not answer.
     */
    async want(kind, layer) {
      const key = `${kind} ${layer}`;
      const tensor = embedded(kind, layer);
      if (tensor) return here.get(key) ?? unpack(key, tensor);
      await heard;
      return here.get(key) ?? patiently(key);
    },

    destroy: () => model.off("change:detail", hear),
  };
}
