/** The same head of two models, beside the map of their difference. */
import { absentNote } from "../../shared/absent.js";
import { size } from "../../shared/canvas.js";
import { button, element, place } from "../../shared/dom.js";
import { css } from "../../shared/theme.js";
import { BOTH_GAP, BOTH_TITLE } from "./design.js";
import { meanOfHeads } from "./head_mean.js";
import { crosshair } from "./matrix_cross.js";
import { followHand } from "./matrix_hand.js";
import { paintMap, paintSeams } from "./matrix_paint.js";
import { shrunk } from "./matrix_window.js";
import { drawnHeads } from "./selection.js";

/** @typedef {import("./matrix_hand.js").Place} Place */

/**
 * @param {import("./types.js").Frame} frame
 * @param {import("./matrix_hand.js").Hand} hand What a gesture on the large map does; one here does it too.
 */
export function bothHeads({ state, store, theme }, hand) {
  const node = element("div", "bvp-both");
  const note = element("p", "bvp-fine");
  /** @type {import("./matrix_window.js").Window} */
  let window;
  let asked = 0;
  /** @type {{ data: import("./types.js").FigureData, map: import("./head_mean.js").MeanMap }[]} */
  let found = [];
  const heads = ["weight", "other"].map((name) => {
    const box = element("div");
    const title = button("bvp-turn", "", () => state.set(store.carried("quantity", name)));
    const plot = element("div", "bvp-plot");
    const canvas = element("canvas");
    plot.append(canvas);
    const cross = crosshair(plot);
    followHand(plot, { ...hand, window: () => window });
    box.append(title, plot);
    return { box, title, plot, canvas, cross };
  });
  node.append(...heads.map(({ box }) => box));

  return {
    node,

    /** Asks for the heads in view, and calls `arrived` when they are here or do not come. */
    async want(/** @type {() => void} */ arrived) {
      asked++;
      const mine = asked;
      const all = await store.wantBoth();
      if (mine !== asked) return;
      found = all
        .flatMap((data) => data ?? [])
        .map((data) => ({ data, map: meanOfHeads(data, drawnHeads(state)) }));
      const isHere = found.length === heads.length;
      note.textContent = isHere ? "" : absentNote("Both heads of this layer are", "");
      node.replaceChildren(...(isHere ? heads.map(({ box }) => box) : [note]));
      arrived();
    },

    /**
     * @param {import("./matrix_window.js").Space} space
     * @param {import("./matrix_window.js").Window} shown What the large map shows.
     * @param {number} width For both.
     * @param {number} height
     */
    draw(space, shown, width, height) {
      const names = store.models() ?? [];
      const each = (width - BOTH_GAP) / 2;
      window = shrunk(space, shown, each, height - BOTH_TITLE);
      const side = { width: window.columns * window.cell, height: window.rows * window.cell };
      for (const [at, { box, title, plot, canvas }] of heads.entries()) {
        title.textContent = names[at];
        title.title = `Show ${names[at]} alone`;
        place(box, { width: each });
        place(plot, side);
        if (found.length < heads.length) continue;
        const { data, map } = found[at];
        const context = size(canvas, side.width, side.height);
        paintMap(context, map, window, theme(), 0, data.scale);
        paintSeams(context, data.rows, data.columns, window, css(theme().soft));
      }
    },

    /** @param {import("./matrix_cross.js").Line[]} pins @param {Place | null} at */
    point(pins, at) {
      for (const { cross } of heads) if (window) cross(pins, at, window);
    },

    /** @param {Place} at @returns {string | null} What the two give to a pair. */
    words({ row, column }) {
      const [from, to] = found.map(({ map, data }) => data.scale.text(map.at(row, column)));
      return to ? `from ${from} to ${to}` : null;
    },
  };
}
