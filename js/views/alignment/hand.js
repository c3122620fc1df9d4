/**
 * Hover, click and touch on words: the first tap is a hover, the second a click.
 *
 * @typedef {import("./types.js").WordPlace} WordPlace
 */

import { listen } from "../../shared/dom.js";

/**
 * @param {ReturnType<typeof import("./figure.js").createFigure>} figure
 * @param {object} told
 * @param {(at: WordPlace | null) => void} told.point
 * @param {(at: WordPlace, possible: boolean) => void} told.press
 */
export function followHand(figure, { point, press }) {
  const { element } = figure;
  /** @type {string} Where a finger was before. */
  let tapped = "";
  let touching = false;

  listen(element, {
    pointerover(event) {
      touching = event.pointerType === "touch";
      if (!touching) point(figure.wordAt(event.target));
    },
    pointerleave(event) {
      if (event.pointerType !== "touch") point(null);
    },
    focusin({ target }) {
      // A pointer says itself where it is.
      if (target instanceof Element && target.matches(":focus-visible"))
        point(figure.wordAt(target));
    },
    focusout: () => point(null),
    mousedown(event) {
      // Shift-click would select text.
      if (event.shiftKey) event.preventDefault();
    },
    click(event) {
      const at = figure.wordAt(event.target);
      if (!at) {
        tapped = "";
        if (touching) point(null);
        return;
      }
      const here = `${at.side} ${at.word}`;
      const first = touching && tapped !== here && !element.closest(".bvp-drawing");
      tapped = here;
      if (first) point(at);
      else press(at, event.shiftKey);
    },
  });
}
