/** The line above the figure: a word's partners; at rest, what stands where. */

import { element } from "../../shared/dom.js";
import { ORDER } from "./paint.js";

/** @typedef {import("./types.js").WordPlace} WordPlace */

/** @type {Record<import("./types.js").Verdict, string>} */
const NAMES = {
  plain: "",
  agreed: " ✓",
  allowed: " ✓ possible",
  missed: " missed",
  extra: " not in gold",
  unlinked: " possible, not linked",
  hint: " found, not drawn",
};

/** @type {Partial<Record<import("./types.js").Verdict, string>>} */
const DRAWN = { agreed: " sure", allowed: " possible" };

/**
 * @param {import("./view.js").View} view
 * @param {ReturnType<typeof import("./figure.js").createFigure>} figure
 */
export function createReading(view, figure) {
  const line = element("div", "bvp-reading");
  let told = "";

  /** @param {WordPlace} at */
  function describeWord(at) {
    const other = at.side === "source" ? "target" : "source";
    /** @type {(string | Node)[]} */
    const parts = [isolated(view.words(at.side)[at.word]), " → "];
    const own = figure.partnersOf(at).sort((a, b) => {
      const lost = (/** @type {typeof a} */ { verdict }) => Number(ORDER.indexOf(verdict) < 3);
      return lost(a) - lost(b) || b.confidence - a.confidence;
    });
    if (!own.length) {
      const cut = view.about()[`cut_${at.side}`].includes(at.word);
      parts.push(cut ? "the model did not read this word" : "no partner");
    }
    own.forEach((link, k) => {
      if (k) parts.push(", ");
      const sure =
        !view.isImported() && ["plain", "agreed", "allowed", "extra"].includes(link.verdict);
      const name = (view.drawing() && DRAWN[link.verdict]) || NAMES[link.verdict];
      parts.push(isolated(view.words(other)[link[other]]));
      parts.push(`${sure && !view.drawing() ? ` ${link.confidence.toFixed(2)}` : ""}${name}`);
    });
    return parts;
  }

  /** @returns {(string | Node)[][]} */
  function atRest() {
    const { upright } = figure.placed();
    const cosines = view.cosines();
    const [above, below] = cosines
      ? ["in rows", "in columns"]
      : upright
        ? ["left", "right"]
        : ["above", "below"];
    const names = [view.language("source"), view.language("target")];
    /** @type {(string | Node)[][]} */
    const parts = [];
    if (view.method()) parts.push([element("b", "", view.method()), ` links ${view.gloss()}`]);
    if (names[0] && names[1]) parts.push([`${names[0]} ${above}, ${names[1]} ${below}`]);
    return parts;
  }

  return {
    element: line,
    text: () => line.textContent ?? "",
    /** @param {string} text Instead of what else it would say; "" ends it. */
    tell(text) {
      told = text;
    },
    /**
     * @param {WordPlace | null} at
     * @param {WordPlace | null} start Where a link begins that is being drawn.
     * @param {string} error
     */
    update(at, start, error) {
      line.replaceChildren();
      if (told) line.append(told);
      else if (start && (!at || at.side === start.side)) {
        const word = isolated(view.words(start.side)[start.word]);
        line.append(word, " → its partner; a linked one is let go; Shift makes it possible");
      } else if (at) line.append(...describeWord(at));
      else if (error) line.append(element("span", "bvp-error", error));
      else if (view.drawing())
        line.append(
          "Draw links: drag from a word to its partner, or click both; Shift makes it possible",
        );
      else
        for (const part of atRest()) {
          const said = element("span", "bvp-said");
          said.append(...part);
          line.append(said);
        }
    },
  };
}

/** @param {string} word */
function isolated(word) {
  const made = element("bdi");
  made.append(element("b", "", word));
  return made;
}
