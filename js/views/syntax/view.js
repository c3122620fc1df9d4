/**
 * Reads the traits against the data: a value that the data lack is read as the nearest that they have.
 *
 * @typedef {import("./types.js").Heads} Heads
 * @typedef {import("./types.js").Traits} Traits
 * @typedef {ReturnType<typeof createView>} View
 */

import { clamp } from "../../shared/dom.js";
import { countOf, judge, offsetHeads, shareText } from "./verdicts.js";

/**
 * @param {import("./types.js").State} state
 * @param {import("./store.js").Store} store
 * @param {() => import("../../shared/theme.js").Theme} theme
 */
export function createView(state, store, theme) {
  const { data } = store;

  const sentence = () => clamp(Math.trunc(state.get("sentence")) || 0, 0, data.sentences - 1);
  const source = () => (data.sources.includes(state.get("source")) ? state.get("source") : "head");
  /** @returns {"layer" | "hidden_layer"} The trait that the slider moves. */
  const layerTrait = () => (source() === "probe" ? "hidden_layer" : "layer");
  const layers = () => (source() === "probe" ? data.probed_layers : data.layers);
  /** A layer's place among those that there are. */
  const step = () => Math.max(0, layers().indexOf(state.get(layerTrait())));
  const head = () => clamp(state.get("head"), 0, data.heads - 1);
  const offset = () => Math.max(0, data.offsets.indexOf(state.get("offset")));
  const about = () => store.sentence(sentence());

  /**
   * @param {number} [at] A step.
   * @param {number} [by] A head.
   * @returns {number} The place of a tree among all: after gold the heads', the layers', the probe's.
   */
  function treeOf(at = step(), by = head()) {
    const means = 1 + data.layers.length * data.heads;
    const probed = means + data.layers.length;
    if (source() === "mean") return means + at;
    if (source() === "probe") return probed + at;
    if (source() === "offset") return probed + data.probed_layers.length + offset();
    return 1 + at * data.heads + by;
  }

  /** @returns {Heads} The tree that is drawn below. */
  function other() {
    const { trees } = /** @type {import("./types.js").Sentence} */ (about());
    if (source() === "offset") return offsetHeads(trees[0], data.offsets[offset()]);
    return trees[treeOf()];
  }

  return {
    state,
    store,
    data,
    theme,
    sentence,
    source,
    layerTrait,
    layers,
    step,
    head,
    offset,
    about,
    layer: () => layers()[step()],

    links() {
      const gold = about()?.trees[0];
      return gold ? judge(gold, other()) : { above: [], below: [] };
    },

    /** @returns {{ right: number, edges: number, chain: number }} Links of this sentence. */
    here() {
      const gold = /** @type {import("./types.js").Sentence} */ (about()).trees[0];
      const { above, below } = judge(gold, other());
      const neighbours = judge(gold, offsetHeads(gold, 1)).below;
      return {
        right: countOf(below, "agreed"),
        edges: above.length - countOf(above, "root"),
        chain: countOf(neighbours, "agreed"),
      };
    },

    /** @param {number} [at] @param {number} [by] @returns {string} Of all sentences. */
    uuas: (at, by) => shareText(store.found[treeOf(at, by)], store.found[0]),

    /** @returns {string} The same of the chain of neighbouring words. */
    chain: () =>
      shareText(store.found.at(data.offsets.indexOf(1) - data.offsets.length) ?? 0, store.found[0]),

    /** @returns {number} How many trees of the same kind find no more than this one; 0 where one does. */
    bestOf() {
      const first = treeOf(0, 0);
      const count = layers().length * (source() === "head" ? data.heads : 1);
      const most = Math.max(...store.found.subarray(first, first + count));
      return source() !== "offset" && count > 1 && store.found[treeOf()] === most ? count : 0;
    },
  };
}
