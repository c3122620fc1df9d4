/** Under the figure: what makes a screenshot self-sufficient, and a threshold beside its effect. */

import { describe, element } from "./dom.js";
import { setPieces } from "./pieces.js";

/** @typedef {import("./pieces.js").CaptionPart} CaptionPart */

/** @param {HTMLElement} [slider] */
export function createCaption(slider) {
  const row = element("div", "bvp-under");
  const stack = element("div", "bvp-stack");
  const text = element("div", "bvp-caption");
  // An unseen copy of the caption on hover, in the same place, keeps the height.
  const reserve = element("div", "bvp-reserve");
  describe(reserve, { "aria-hidden": true });
  stack.append(text, reserve);
  row.append(stack);
  if (slider) row.append(slider);
  /** @type {(CaptionPart | null)[]} */
  let reserved = [];
  return {
    element: row,
    /** @param {(CaptionPart | null)[]} parts @param {(CaptionPart | null)[]} [longest] */
    show(parts, longest = []) {
      setPhrases(text, parts);
      if (longest !== reserved) setPhrases(reserve, longest);
      reserved = longest;
    },
  };
}

/** @param {HTMLElement} target @param {(CaptionPart | null)[]} parts */
function setPhrases(target, parts) {
  const phrases = parts
    .filter((part) => part && String(part))
    .map((part) => {
      const phrase = element("span");
      setPieces(phrase, /** @type {import("./pieces.js").Piece[]} */ ([part].flat()));
      return phrase;
    });
  target.replaceChildren(...phrases);
}

/**
 * @param {string} purpose
 * @param {string} text
 * @param {(share: number) => void} moved From 0 to 1.
 */
export function thresholdSlider(purpose, text, moved) {
  const label = element("label", "bvp-threshold", text);
  const input = element("input");
  const output = element("output");
  describe(input, { type: "range", "aria-label": purpose, title: purpose });
  input.oninput = () => moved(Number(input.value) / 100);
  label.append(input, output);
  return {
    element: label,
    output,
    /** @param {number} share @param {string} effect */
    show(share, effect) {
      input.value = String(Math.round(100 * share));
      input.setAttribute("aria-valuetext", effect);
      output.textContent = effect;
    },
  };
}
