/** The line above the figure: how well the trees agree, or what a word's links are. */

import { element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { NO_LINK } from "./design.js";
import { LEFT_OUT, NONE } from "./verdicts.js";

/** @typedef {import("../../shared/pieces.js").Piece} Piece */
/** @typedef {import("./types.js").Link} Link */

const SAID = { root: "", agreed: " ✓", missed: " missed", extra: "" };

/** @param {import("./view.js").View} view */
export function createReading(view) {
  const line = element("div", "bvp-reading");

  /** @returns {Piece[]} */
  function atRest() {
    const { right, edges, chain } = view.here();
    const all = view.data.sentences > 1 ? `, corpus ${view.uuas()} (chain ${view.chain()})` : "";
    if (!edges) return [`${NO_LINK}${all && `; UUAS ${all.slice(2)}`}`];
    return ["UUAS here ", { bold: `${right} of ${edges}` }, ` (chain ${chain})${all}`];
  }

  /** @param {number} at @returns {Piece[]} */
  function describeWord(at) {
    const { words, upos, relations, trees, dropped } =
      /** @type {import("./types.js").Sentence} */ (view.about());
    const word = (/** @type {number} */ k) => ({ isolate: words[k] });
    const tag = upos[at] === "_" ? "" : ` ${upos[at]}`;
    /** @type {Piece[]} */
    const parts = [{ bold: words[at] }, tag];
    if (trees[0][at] === LEFT_OUT) {
      const why = dropped.includes(at) ? "the tokenizer makes nothing of it" : "punctuation";
      return [...parts, `: left out of the trees, ${why}`];
    }
    const { above, below } = view.links();
    const extra = below.filter((link) => link.verdict === "extra");
    const own = /** @type {Link} */ (above.find((link) => link.word === at));
    const relation = relations[at] === "_" ? "below" : relations[at];
    if (own.head === NONE) parts.push(": root");
    else parts.push(`: ${relation} of `, word(own.head), SAID[own.verdict]);
    above
      .filter(({ head }) => head === at)
      .forEach((link, k) => {
        const name = relations[link.word] === "_" ? "" : ` (${relations[link.word]})`;
        parts.push(k ? ", " : " · over ", word(link.word), `${name}${SAID[link.verdict]}`);
      });
    extra
      .filter((link) => link.word === at || link.head === at)
      .forEach((link, k) => {
        const other = link.word === at ? link.head : link.word;
        parts.push(
          k ? ", " : " · not in gold: ",
          link.word === at ? "under " : "over ",
          word(other),
        );
      });
    return parts;
  }

  return {
    element: line,
    text: () => line.textContent ?? "",
    /** @param {number | null} at @param {string} error */
    update(at, error) {
      line.classList.toggle("bvp-error", Boolean(error) && at === null);
      if (at !== null && view.about()) setPieces(line, describeWord(at));
      else if (error) line.replaceChildren(error);
      else if (view.about()) setPieces(line, atRest());
      else line.replaceChildren();
    },
  };
}
