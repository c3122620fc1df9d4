/**
 * @typedef {import("./types.js").CaptionPart} CaptionPart
 * @typedef {import("./types.js").State} State
 */

import { describe, element } from "../../shared/dom.js";
import { percent, weightText } from "../../shared/text.js";
import { setPieces } from "./pieces.js";

/** The slider's end; most weights are in the first tenth, so it moves by squares. */
const HIGHEST = 0.5;
/** A smaller share of the weight is not worth a word. */
const WORTH_SAYING = 0.001;

/**
 * Under the figure: what makes a screenshot self-sufficient, and the threshold beside its effect.
 *
 * @param {State} state
 */
export function createCaption(state) {
  const row = element("div", "bvp-under");
  const text = element("div", "bvp-caption");
  const slider = element("label", "bvp-cutoff");
  const input = element("input");
  const output = element("output");
  const purpose = "Hide weights under";
  describe(input, { type: "range", "aria-label": purpose, title: purpose });
  output.title = "Weights under 0.002 are stored as 0 and not drawn; their share is counted here";
  slider.append(input, output);
  row.append(text, slider);
  input.oninput = () => state.set({ threshold: +(HIGHEST * (+input.value / 100) ** 2).toFixed(4) });

  return {
    element: row,

    /** @param {(CaptionPart | null)[]} parts */
    show(parts) {
      text.replaceChildren(
        ...parts.flatMap((part) => {
          if (part === null) return [];
          const phrase = element("span");
          setPieces(phrase, [part].flat());
          return phrase;
        }),
      );
    },

    /** @param {number | null} share */
    hidden(share) {
      slider.hidden = share === null;
      const threshold = state.get("threshold");
      input.value = String(Math.round(100 * Math.sqrt(threshold / HIGHEST)));
      output.textContent = hiddenText(threshold, share ?? 0);
      input.setAttribute("aria-valuetext", output.textContent);
    },
  };
}

/**
 * @param {number} threshold
 * @param {number} share Of the weight that is not drawn.
 * @returns {string} What eight bits lose is not what the reader hides.
 */
export function hiddenText(threshold, share) {
  if (threshold)
    return `under ${weightText(threshold)}: ${share ? percent(share) : "nothing"} hidden`;
  return share < WORTH_SAYING ? "nothing hidden" : `${percent(share)} too small to store`;
}
