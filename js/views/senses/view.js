/**
 * Reads the traits against the data: a value that the data lack is read as the nearest that they
 * have.
 *
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./types.js").State} State
 * @typedef {import("../../shared/theme.js").Theme} Theme
 * @typedef {import("./types.js").Group} Group
 * @typedef {ReturnType<typeof createView>} View
 */

import { css } from "../../shared/theme.js";
import { CLUSTER_COLOUR, UNLABELLED } from "./design.js";
import { shapeOf } from "./shapes.js";

/** @type {Group} Where nothing tells the occurrences apart. */
const NO_GROUPS = { name: "", title: "", labels: [], codes: () => [] };

/** @param {State} state @param {Store} store @param {() => Theme} theme */
export function createView(state, store, theme) {
  const { data } = store;
  const alike = new Uint8Array(data.count);
  /** @type {{ items: number[], mask: Uint8Array | null, of: number[] | null }} */
  let selection = { items: [], mask: null, of: null };

  const isItem = (/** @type {unknown} */ item) =>
    Number.isInteger(item) && Number(item) >= 0 && Number(item) < data.count;

  function step() {
    return Math.max(0, data.hidden_layers.indexOf(state.get("hidden_layer")));
  }

  /** @returns {Group} */
  function group() {
    return store.group(state.get("colour")) ?? { ...NO_GROUPS, codes: () => alike };
  }

  const view = {
    state,
    store,
    data,
    theme,
    step,
    group,
    layer: () => data.hidden_layers[step()],
    /** @param {number} [at] */
    codes: (at = step()) => group().codes(at),

    projection() {
      const wanted = state.get("projection");
      return data.projections[wanted] ? wanted : (Object.keys(data.projections)[0] ?? "");
    },

    pinned() {
      const item = state.get("pinned");
      return isItem(item) ? item : -1;
    },

    /** @returns {import("./types.js").Score[]} The two scores beside the picture. */
    scores() {
      const own = data.group_scores?.[state.get("colour")] ?? data.scores;
      const fit = own.filter(({ of }) => !of || of === data.projections[view.projection()]?.space);
      return fit.slice(0, 2);
    },

    /** @param {number} item @returns {import("./types.js").Nearest | null} */
    nearest: (item) => store.nearest(item, step(), view.projection()),

    /** @returns {{ items: number[], mask: Uint8Array | null }} No mask where nothing is selected. */
    selection() {
      const wanted = state.get("selected");
      if (wanted !== selection.of) {
        const items = wanted.filter(isItem);
        const mask = items.length ? new Uint8Array(data.count) : null;
        for (const item of items) if (mask) mask[item] = 1;
        selection = { items, mask, of: wanted };
      }
      return selection;
    },

    /** @returns {boolean[]} By group; the last is for what has no label. */
    muted() {
      const off = state.get("muted");
      return [...group().labels.map((label) => off.includes(label)), false];
    },

    /** @param {number} code */
    name: (code) =>
      group().labels[code] ?? (group().labels.length ? "no label" : `${data.wording.unit}s`),

    /**
     * The name on the plot: a proposed cluster's words stand in the legend only.
     *
     * @param {number} code
     */
    mark: (code) => (view.isClustered() ? view.name(code).split(":")[0] : view.name(code)),

    /** Whether the colours are of proposed clusters, and not of labels. */
    isClustered: () => group().name === "cluster",

    /**
     * How a group is drawn. What has no label is smaller, and grey; a cluster is hollow, and no sense has
     * its colour.
     *
     * @param {number} code
     */
    look(code) {
      const { heads, headCss, soft } = theme();
      const { labels } = group();
      if (code >= labels.length && labels.length)
        return { shape: 0, colour: soft, ink: css(soft), size: UNLABELLED };
      const isCluster = view.isClustered();
      const hue = (code + (isCluster ? CLUSTER_COLOUR : 0)) % heads.length;
      return { shape: shapeOf(code, isCluster), colour: heads[hue], ink: headCss[hue], size: 1 };
    },

    /** @returns {number[]} How many occurrences each group has; the last has no label. */
    counts() {
      return countCodes(view.codes(), group().labels.length);
    },

    /** @returns {number[] | null} The same of those that are selected. */
    selectedCounts() {
      const { items, mask } = view.selection();
      const codes = view.codes();
      return (
        mask &&
        countCodes(
          Uint16Array.from(items, (item) => codes[item]),
          group().labels.length,
        )
      );
    },

    /** @param {number} item */
    sentence: (item) => `${view.name(view.codes()[item])}: ${store.text(item)}`,
  };
  return view;
}

/** @param {ArrayLike<number>} codes @param {number} labels */
function countCodes(codes, labels) {
  const counts = Array(labels + 1).fill(0);
  for (let i = 0; i < codes.length; i++) counts[codes[i]]++;
  return counts;
}
