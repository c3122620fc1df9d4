/**
 * Reads the traits against the data: a value that the data lack is read as the nearest that they
 * have.
 *
 * @typedef {import("./types.js").DrawnLink} DrawnLink
 * @typedef {import("./types.js").Gold} Gold
 * @typedef {import("./types.js").Judged} Judged
 * @typedef {import("./types.js").Link} Link
 * @typedef {import("./types.js").Side} Side
 * @typedef {import("./types.js").State} State
 * @typedef {ReturnType<typeof createView>} View
 */

import { clamp } from "../../shared/dom.js";
import { STABLE } from "./design.js";
import { fontOf, languageName, languageOf } from "./languages.js";
import {
  countFound,
  diagonal,
  isKnown,
  judge,
  judgeDrawn,
  keyOf,
  makeGold,
  scoresOf,
  wordsOf,
} from "./verdicts.js";

/**
 * @param {State} state
 * @param {import("./store.js").Store} store
 * @param {() => import("../../shared/theme.js").Theme} theme
 */
export function createView(state, store, theme) {
  const { data } = store;
  /** @type {WeakMap<object, Gold>} */
  const golds = new WeakMap();

  const pair = () => clamp(Math.trunc(state.get("pair")) || 0, 0, data.pairs.length - 1);
  const step = () => Math.max(0, data.hidden_layers.indexOf(state.get("hidden_layer")));
  const method = () =>
    store.names.includes(state.get("method")) ? state.get("method") : (store.names[0] ?? "");

  /** @param {Side} side */
  const codeOf = (side) => data.languages?.[side === "source" ? 0 : 1];
  const threshold = () => state.get("threshold") || 0;

  /** @param {number} [of] */
  function drawn(of = pair()) {
    /** @type {DrawnLink[] | undefined} */
    const links = state.get("drawn")?.[String(of)];
    return links ?? null;
  }

  /**
   * Prefers gold that was drawn by hand.
   *
   * @param {number} [of]
   * @returns {Gold | null}
   */
  function gold(of = pair()) {
    const own = drawn(of) ?? data.pairs[of].gold;
    // All taken away is nothing to measure against.
    if (!own || (Array.isArray(own) && !own.length)) return null;
    const known = golds.get(own);
    if (known) return known;
    const kind = (/** @type {string} */ name) =>
      Array.isArray(own)
        ? own.filter((link) => link[2] === name).map(([i, j]) => [i, j])
        : own[/** @type {"sure" | "possible"} */ (name)];
    const made = makeGold(kind("sure"), kind("possible"));
    golds.set(own, made);
    return made;
  }

  /** @returns {{ links: Link[], hidden: number, here: boolean }} The method's links over the threshold. */
  function found() {
    const all = store.links(pair(), step(), method());
    const links = (all ?? []).filter(({ confidence }) => confidence >= threshold());
    return { links, hidden: (all?.length ?? 0) - links.length, here: all !== null };
  }

  /**
   * @param {number[]} pairs
   * @returns {number} The error rate of links along the diagonal; NaN without gold.
   */
  function diagonalOf(pairs) {
    let [hits, all] = [0, 0];
    for (const of of pairs) {
      const own = gold(of);
      if (!own) continue;
      const { source, target } = data.pairs[of];
      const counts = countFound(diagonal(source.length, target.length), own);
      hits += counts.linksSure + counts.linksPossible;
      all += counts.links + counts.sure;
    }
    return 1 - hits / (all || Number.NaN);
  }

  return {
    state,
    store,
    data,
    theme,
    pair,
    step,
    method,
    drawn,
    gold,
    found,
    about: () => data.pairs[pair()],
    layer: () => data.hidden_layers[step()],
    /** @param {Side} side */
    words: (side) => data.pairs[pair()][side],
    /** @returns {string} What the method links. */
    gloss: () =>
      data.methods.find(({ name }) => name === method())?.title ?? "what came with the pair",
    isImported: () => !store.methods.includes(method()),
    withGold: () => state.get("show_gold") && gold() !== null,
    threshold,
    cosines: () => state.get("show_similarity") === true && data.hidden_layers.length > 0,
    drawing: () => state.get("drawing") === true,

    /** @param {Side} side */
    language(side) {
      const code = codeOf(side);
      return code ? languageName(code) : "";
    },

    /** @param {Side} side @param {number} pixels */
    lettering(side, pixels) {
      const words = data.pairs[pair()][side];
      const language = languageOf(codeOf(side), words);
      return { language, font: fontOf(language, theme().font, pixels), words };
    },

    /** @returns {Judged[]} What is drawn. */
    judged() {
      const { links } = found();
      if (state.get("drawing")) return judgeDrawn(links, gold() ?? makeGold([], []));
      return judge(links, state.get("show_gold") ? gold() : null);
    },

    /** @returns {{ aer: number, precision: number, recall: number, diagonal: number } | null} */
    scores() {
      const own = gold();
      if (!own) return null;
      const keys = found().links.map((link) => keyOf(link.source, link.target));
      return { ...scoresOf(countFound(keys, own)), diagonal: diagonalOf([pair()]) };
    },
    diagonalOf,

    /** @returns {string} What a mean confidence is compared with, at a layer by a method; "" if unknown. */
    chance(at = step(), by = store.methods.indexOf(method())) {
      const value = store.chance()?.[at * store.methods.length + by] ?? Number.NaN;
      if (!isKnown(value)) return "";
      const note = [data.map?.chance_note, threshold() && "nothing hidden"];
      return ["by chance", ...note.filter(Boolean), value.toFixed(2)].join(" ");
    },

    /** @returns {[number, number][]} Links that keep from layer to layer, and gold: for where to cut. */
    stable() {
      const of = pair();
      const { gold: own, given } = data.pairs[of];
      /** @type {Map<number, number>} */
      const times = new Map();
      const count = (/** @type {number} */ key, /** @type {number} */ by) =>
        times.set(key, (times.get(key) ?? 0) + by);
      const some = store.methods.includes("inter") ? "inter" : store.methods[0];
      if (some)
        for (const at of data.hidden_layers.keys())
          for (const link of store.links(of, at, some) ?? [])
            count(keyOf(link.source, link.target), 1);
      const known = [own?.sure ?? [], own?.possible ?? [], ...Object.values(given)];
      for (const [i, j] of known.flat()) count(keyOf(i, j), STABLE);
      return [...times].filter(([, n]) => n >= STABLE).map(([key]) => wordsOf(key));
    },
  };
}
