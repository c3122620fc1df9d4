/**
 * Hover, click and touch on words.
 *
 * @typedef {import("./types.js").WordPlace} WordPlace
 */

import { listen } from "../../shared/dom.js";
import { followTaps } from "../../shared/taps.js";

/**
 * @param {ReturnType<typeof import("./figure.js").createFigure>} figure
 * @param {object} told
 * @param {(at: WordPlace | null) => void} told.point
 * @param {(at: WordPlace, possible: boolean) => void} told.press
 */
export function followHand(figure, { point, press }) {
  const { element } = figure;
  const isFirstTap = followTaps(element);
  /** The word that a finger was on before. */
  let tapped = "";

  listen(element, {
    pointerover({ pointerType, target }) {
      if (pointerType !== "touch") point(figure.wordAt(target));
    },
    pointerleave({ pointerType }) {
      if (pointerType !== "touch") point(null);
    },
    focusin({ target }) {
      // A pointer says itself where it is.
      if (target instanceof Element && target.matches(":focus-visible"))
        point(figure.wordAt(target));
    },
    focusout: () => point(null),
    // Shift-click would select text.
    mousedown: (event) => event.shiftKey && event.preventDefault(),
    click(event) {
      const at = figure.wordAt(event.target);
      const before = tapped;
      tapped = at ? `${at.side} ${at.word}` : "";
      const isDrawing = element.closest(".bvp-drawing") !== null;
      if (isFirstTap(tapped === before || isDrawing) || !at) point(at);
      else press(at, event.shiftKey);
    },
  });
}
