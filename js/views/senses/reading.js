/** The line above the figure: what is pointed at, in words. */

import { element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { showParagraph, showSentence } from "./context.js";
import { thousands } from "./legend.js";

/** @param {import("./view.js").View} view */
export function createReading(view) {
  const { store, state, data } = view;
  const line = element("div", "bvp-reading bvp-sentence");
  let said = "";

  /** @param {import("../../shared/pieces.js").Piece[]} pieces */
  function say(pieces) {
    const message = element("span", "bvp-said");
    setPieces(message, pieces);
    line.replaceChildren(message);
  }

  function sayRest() {
    const counts = view.selectedCounts();
    const { labels } = view.group();
    const wanted = state.get("search");
    if (counts) {
      const total = counts.reduce((a, b) => a + b, 0);
      const parts = counts
        .map((count, code) => /** @type {const} */ ([count, code]))
        .filter(([count]) => count)
        .sort(([a], [b]) => b - a)
        .map(([count, code]) => `${view.name(code)} ${thousands(count)}`);
      const split = labels.length ? `: ${parts.join(", ")}` : "";
      say([{ bold: `${thousands(total)} selected` }, split]);
    } else if (wanted) say([`No sentence has “${wanted}”`]);
    else if (
      !data.wording.kin &&
      !data.scores.length &&
      !store.groups.some(({ name }) => name === "sense")
    )
      say([
        labels.length && store.groups[0].name === "cluster"
          ? "No senses were given: colours and scores are of proposed clusters"
          : "No senses were given, so nothing is scored; bp.propose_senses proposes clusters",
      ]);
    else
      say([
        narrow()
          ? "Tap a point to read it, drag to select"
          : "Point at a mark to read its sentence; click for its neighbours; drag to select",
      ]);
  }

  const narrow = () => Boolean(line.closest(".bvp-narrow"));

  return {
    element: line,

    /** @param {string} text What the pointer is on, outside the plot; "" for nothing. */
    tell(text) {
      said = text;
    },

    /**
     * @param {number} item The occurrence to be read; -1 for none.
     * @param {{ width: number, centre: number }} room
     * @param {string} error What Python says about a value that cannot be shown.
     */
    update(item, room, error) {
      if (error) return say([{ bold: error }]);
      if (said) return say([said]);
      if (item < 0) return sayRest();
      const colour = view.look(view.codes()[item]).ink;
      const sentence = { text: store.text(item), span: store.span(item), colour };
      if (narrow()) showParagraph(line, sentence);
      else showSentence(line, sentence, { ...room, font: view.theme().font });
    },
  };
}
