/** Hover, click and touch on words. */

import { listen } from "../../shared/dom.js";
import { followTaps } from "../../shared/taps.js";

/**
 * @param {ReturnType<typeof import("./figure.js").createFigure>} figure
 * @param {object} told
 * @param {(at: number | null) => void} told.point
 * @param {(at: number) => void} told.press
 */
export function followHand(figure, { point, press }) {
  const { element } = figure;
  const isFirstTap = followTaps(element);
  /** @type {number | null} The word that a finger was on before. */
  let tapped = null;

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
    click({ target }) {
      const at = figure.wordAt(target);
      const before = tapped;
      tapped = at;
      if (at === null || isFirstTap(at === before)) point(at);
      else press(at);
    },
  });
}
