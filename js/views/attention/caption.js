/**
 * @typedef {import("./types.js").CaptionPart} CaptionPart
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Piece} Piece
 */

import { describe, element } from "../../shared/dom.js";
import { percent, weightText } from "../../shared/text.js";
import { plainText, setPieces } from "./pieces.js";

/** The slider's end; its first half stays under a quarter of it, where most weights are. */
const HIGHEST = 0.5;

/**
 * Under the figure: what makes a screenshot self-sufficient, and the threshold beside its effect.
 *
 * @param {State} state
 */
export function createCaption(state) {
  const row = element("div", "bvp-under");
  const text = element("div", "bvp-caption");
  const slider = element("label", "bvp-threshold", "hide under");
  const input = element("input");
  const output = element("output");
  Object.assign(input, { type: "range", min: "0", max: "100" });
  describe(input, { "aria-label": "Hide weights under" });
  slider.append(input, output);
  row.append(text, slider);
  input.addEventListener("input", () => {
    state.set({ threshold: +(HIGHEST * (+input.value / 100) ** 2).toFixed(4) });
  });

  /** @type {Piece[][]} */
  let shown = [];

  return {
    element: row,

    /** @param {(CaptionPart | null)[]} parts */
    show(parts) {
      shown = parts.filter((part) => part !== null).map((part) => [part].flat());
      text.replaceChildren(...shown.map(phrase));
    },

    /** @returns {string[]} */
    plain: () => shown.map(plainText),

    /** @param {number | null} share */
    hidden(share) {
      slider.hidden = share === null;
      const threshold = state.get("threshold");
      const place = Math.round(100 * Math.sqrt(Math.min(1, threshold / HIGHEST)));
      if (+input.value !== place) input.value = String(place);
      const effect = share ? `${percent(share)} hidden` : "nothing hidden";
      output.textContent = `${weightText(threshold)}: ${effect}`;
      output.title = "Weights under 0.002 are stored as 0 and never drawn; they are counted here.";
      input.setAttribute("aria-valuetext", output.textContent);
    },
  };
}

/** @param {Piece[]} pieces */
function phrase(pieces) {
  const made = element("span");
  setPieces(made, pieces);
  return made;
}
