/**
 * What the traits mean on these data: a trait may name what is not there, and is then read as what is
 * nearest.
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
import { languageName } from "./languages.js";
import { countFound, diagonal, judge, judgeDrawn, keyOf, makeGold, scoresOf } from "./verdicts.js";

/** Links found at so many layers decide where a long pair is cut. */
const STABLE = 3;

/**
 * @param {State} state
 * @param {import("./store.js").Store} store
 * @param {() => import("./types.js").Theme} theme
 */
export function createView(state, store, theme) {
  const { data } = store;
  /** @type {WeakMap<object, Gold>} */
  const golds = new WeakMap();

  const pair = () => clamp(Math.trunc(state.get("pair")) || 0, 0, data.pairs.length - 1);
  const step = () => Math.max(0, data.hidden_layers.indexOf(state.get("hidden_layer")));
  const method = () =>
    store.names.includes(state.get("method")) ? state.get("method") : (store.names[0] ?? "");

  /** @param {number} [of] */
  function drawn(of = pair()) {
    /** @type {DrawnLink[] | undefined} */
    const links = state.get("drawn")?.[String(of)];
    return links ?? null;
  }

  /**
   * What was drawn by hand comes first.
   *
   * @param {number} [of]
   * @returns {Gold | null}
   */
  function gold(of = pair()) {
    const own = drawn(of) ?? data.pairs[of].gold;
    if (!own) return null;
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
    const threshold = state.get("threshold") || 0;
    const links = (all ?? []).filter(({ confidence }) => confidence >= threshold);
    return { links, hidden: (all?.length ?? 0) - links.length, here: all !== null };
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
    isGiven: () => !store.methods.includes(method()),
    withGold: () => state.get("show_gold") && gold() !== null,
    cosines: () => state.get("show_similarity") === true && data.hidden_layers.length > 0,
    drawing: () => state.get("drawing") === true,

    /** @param {Side} side */
    language(side) {
      const code = data.languages?.[side === "source" ? 0 : 1];
      return code ? languageName(code) : "";
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
      const { source, target } = data.pairs[pair()];
      const keys = found().links.map((link) => keyOf(link.source, link.target));
      const { aer } = scoresOf(countFound(diagonal(source.length, target.length), own));
      return { ...scoresOf(countFound(keys, own)), diagonal: aer };
    },

    /** @returns {[number, number][]} Links that keep from layer to layer, and gold: for where to cut. */
    stable() {
      const of = pair();
      /** @type {Map<number, [number, number, number]>} */
      const times = new Map();
      const about = data.pairs[of];
      const count = (
        /** @type {number} */ i,
        /** @type {number} */ j,
        /** @type {number} */ by,
      ) => {
        const known = times.get(keyOf(i, j));
        if (known) known[2] += by;
        else times.set(keyOf(i, j), [i, j, by]);
      };
      const some = store.methods.includes("inter") ? "inter" : store.methods[0];
      if (some)
        for (const at of data.hidden_layers.keys())
          for (const { source, target } of store.links(of, at, some) ?? [])
            count(source, target, 1);
      const { sure = [], possible = [] } = about.gold ?? {};
      for (const [i, j] of [...sure, ...possible]) count(i, j, STABLE);
      for (const links of Object.values(about.given))
        for (const [i, j] of links) count(i, j, STABLE);
      return [...times.values()].filter(([, , n]) => n >= STABLE).map(([i, j]) => [i, j]);
    },
  };
}
