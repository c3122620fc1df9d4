/** The layer lens: what the model's head reads from each hidden layer. */

import { size } from "../../shared/canvas.js";
import { describe, element, place } from "../../shared/dom.js";
import { shorten } from "../../shared/text.js";
import { LENS, NARROW, WORDS } from "./design.js";
import { placeLens } from "./layout.js";
import { paintLens, shareText } from "./paint.js";

/** @param {import("./view.js").View} view */
export function createLens(view) {
  const box = element("div", "bvp-lens");
  const canvas = element("canvas");
  const words = element("div");
  describe(canvas, { role: "img" });
  describe(words, { "aria-hidden": true });
  const figure = element("div", "bvp-grid");
  figure.append(canvas, words);
  box.append(element("div", "bvp-under", WORDS.lens), figure);
  let width = 1;

  /** @type {ReturnType<typeof placeLens>} */
  let grid;

  return {
    element: box,

    /** @param {number} room */
    layout(room) {
      width = room;
      const now = view.shown()?.now;
      box.hidden = !now?.lens_first.length;
      if (!now || box.hidden) return;
      const { lens, lens_first: first, choices } = now;
      grid = placeLens(width, width < NARROW, first.length, choices.length);
      const font = `12px ${view.theme().font}`;
      const head = choices.slice(0, grid.count).map((choice, k) => {
        const label = element("span", "bvp-top", shorten(choice, grid.cell - 4, font));
        place(label, { left: grid.first + k * grid.cell, width: grid.cell - 1, top: 0 });
        return label;
      });
      const guesses = first.map((choice, layer) => {
        const label = element(
          "span",
          "bvp-first",
          shorten(choice, grid.first - LENS.layer - 8, font),
        );
        place(label, {
          ...{ left: LENS.layer, top: LENS.header + layer * grid.row, height: grid.row },
          ...{ "line-height": grid.row, width: grid.first - LENS.layer },
        });
        return label;
      });
      words.replaceChildren(...head, ...guesses);
      paintLens(size(canvas, width, grid.height), lens, choices.length, grid, view.theme());
      place(figure, { height: grid.height });
      const said = first.map((choice, layer) => `${layer} ${choice}`).join(", ");
      describe(canvas, { "aria-label": `First guess at each hidden layer: ${said}` });
    },

    /**
     * @param {MouseEvent} event
     * @returns {{ layer: number, choice: number } | null} The cell; a choice of -1 is the first guess.
     */
    cellAt({ clientX, clientY }) {
      const now = view.shown()?.now;
      if (!now || box.hidden || !grid) return null;
      const { left, top } = canvas.getBoundingClientRect();
      const layer = Math.floor((clientY - top - LENS.header) / grid.row);
      const choice = Math.floor((clientX - left - grid.first) / grid.cell);
      if (layer < 0 || layer >= now.lens_first.length || choice >= grid.count) return null;
      return { layer, choice: Math.max(-1, choice) };
    },

    /** @param {{ layer: number, choice: number }} cell @returns {import("../../shared/pieces.js").Piece[]} */
    said({ layer, choice }) {
      const now = view.shown()?.now;
      if (!now) return [];
      const name = `hidden layer ${layer}: `;
      const first = now.lens_first[layer];
      const likeliest = [
        "first guess ",
        { bold: first },
        ` ${shareText(now.lens_first_probabilities[layer])}`,
      ];
      if (choice < 0) return [name, ...likeliest];
      const share = now.lens[layer * now.choices.length + choice];
      return [name, { bold: now.choices[choice] }, ` ${shareText(share)} · `, ...likeliest];
    },
  };
}
