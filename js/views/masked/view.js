/**
 * Reads the traits against the answers that are here: until one comes, the last is shown.
 *
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {ReturnType<typeof createView>} View
 */

import { movesOf } from "./layout.js";

/**
 * @param {import("./types.js").State} state
 * @param {import("./store.js").Store} store
 * @param {() => import("../../shared/theme.js").Theme} theme
 */
export function createView(state, store, theme) {
  const { data } = store;
  /** @type {{ first: Answer, now: Answer } | null} */
  let last = null;

  const wanted = () => store.answer(state.get("text"), state.get("edits"));

  /** @returns {{ first: Answer, now: Answer } | null} The sentence itself, and as it stands now. */
  function shown() {
    const [first, now] = [store.answer(state.get("text")), wanted()];
    if (first && now) last = { first, now };
    return last;
  }

  return {
    state,
    store,
    data,
    theme,
    wanted,
    shown,
    isCompared: () => (shown()?.now.edits.length ?? 0) > 0,
    moves() {
      const both = shown();
      return both ? movesOf(both.first, both.now) : [];
    },
    method() {
      const own = state.get("method");
      return own in data.methods ? own : (Object.keys(data.methods)[0] ?? "");
    },

    /** @returns {Float32Array | null} How much each word mattered; null where that was not asked. */
    mattered() {
      const now = shown()?.now;
      const at = now?.methods.indexOf(this.method()) ?? -1;
      if (!now || at < 0 || (state.get("target") || now.target) !== now.target) return null;
      const count = now.words.length;
      return now.attributions.subarray(at * count, (at + 1) * count);
    },

    /** @returns {string} The guess that stands in the mask's box. */
    guess: () => shown()?.now.choices[0] ?? "",

    /**
     * The sentence with one word in another's place.
     *
     * @param {number} at
     * @param {string} word
     * @returns {string}
     */
    withWord(at, word) {
      const { words, glued } = /** @type {{ now: Answer }} */ (shown()).now;
      const put = words.map((own, k) => (k === at ? word : own === data.mask ? this.guess() : own));
      return put.map((one, k) => (k && !glued[k] ? ` ${one}` : one)).join("");
    },
  };
}
