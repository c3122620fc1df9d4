/**
 * Tokens as text of the page: they can be selected, searched and read aloud.
 *
 * @typedef {import("./types.js").Axis} Axis
 * @typedef {import("./heads_layout.js").Layout} Layout
 * @typedef {import("./heads_layout.js").Column} Column
 */

import { describe, element, place } from "../../shared/dom.js";
import { shorten, textWidth } from "../../shared/text.js";
import { BOLD_FROM, INK_FROM, SENTENCE_GAP, TOKEN_PAD } from "./design.js";
import { startsSentence, stuckEnd, windowOf } from "./heads_layout.js";

/** Ids are unique on a page, which may have several views. */
let columnsMade = 0;

/** @param {"from" | "to"} side @param {string} label */
export function createColumn(side, label) {
  const box = element("div", `bvp-tokens bvp-${side}`);
  const id = `bvp-${++columnsMade}-`;
  describe(box, {
    role: "listbox",
    "aria-label": label,
    "aria-multiselectable": true,
    tabindex: 0,
  });
  /** @type {HTMLElement[]} */
  let tokens = [];
  const gaps = [0, 1].map(() => element("div", "bvp-fine bvp-gap"));

  /** @param {Layout} layout @param {string} family */
  function build(layout, family) {
    const column = layout[side];
    tokens = column.axis.labels.map((_, i) => token(column, i, family));
    tokens.forEach((one, i) => {
      describe(one, { role: "option", id: id + i });
    });
    box.replaceChildren(
      ...tokens,
      ...braces(layout.row, column, side, family),
      ...sentenceMarks(layout.row, column),
      ...gaps,
    );
    place(box, { width: column.width, height: column.length, "--bvp-row": layout.row });
    place(box, { left: side === "from" ? 0 : layout.linkRight });
  }

  /**
   * Only tokens in view are touched: a change of all would cost more than a frame in a long text.
   *
   * @param {object} shown
   * @param {(i: number) => boolean} shown.seen
   * @param {boolean} shown.soft The column steps back.
   * @param {number[]} shown.on In focus.
   * @param {number | null} shown.at What is pointed at.
   * @param {number[]} shown.pinned
   * @param {Float32Array | null} shown.weight What each token gets; null where that is not shown.
   */
  function mark({ seen, soft, on, at, pinned, weight }) {
    tokens.forEach((one, i) => {
      if (!seen(i)) return;
      const heat = weight ? Number(weight[i] >= INK_FROM) + Number(weight[i] >= BOLD_FROM) : 0;
      const marks = [
        on.includes(i) ? "on" : soft && !heat && "soft",
        i === at && "at",
        pinned.includes(i) && "pinned",
        heat > 1 && "hot",
      ];
      const told = marks.filter(Boolean).join(" ");
      if ((one.dataset.mark ?? "") === told) return;
      one.dataset.mark = told;
      one.setAttribute("aria-selected", String(pinned.includes(i)));
    });
  }

  /**
   * Marks where rows are out of view, which would look like the end of the text.
   *
   * @param {Layout} layout
   * @param {number} scrolled
   */
  function showGaps(layout, scrolled) {
    const { shift, top, bottom, above, below } = windowOf(layout, layout[side], scrolled);
    const about = /** @type {const} */ ([
      [above, top - layout.row],
      [below, bottom],
    ]);
    for (const [i, [count, y]] of about.entries()) {
      gaps[i].hidden = !count;
      gaps[i].textContent = `… ${count} more …`;
      place(gaps[i], { top: y - shift });
    }
  }

  return {
    element: box,
    build,
    mark,
    showGaps,

    /** @param {EventTarget | null} target */
    placeOf: (target) => tokens.indexOf(/** @type {HTMLElement} */ (target)),

    /** @param {number} at The token at the keyboard, which is read aloud. */
    read: (at) => box.setAttribute("aria-activedescendant", id + at),
  };
}

/**
 * @param {Axis} axis
 * @param {number} i
 * @param {string} family
 * @returns {number} CSS pixels.
 */
export function labelWidth(axis, i, family) {
  return textWidth(axis.labels[i], tokenFont(axis, i, family));
}

/** @param {Axis} axis @param {number} i @param {string} family */
function tokenFont({ special }, i, family) {
  return `${special[i] ? 12 : 13}px ${family}`;
}

/** @param {Column} column @param {number} i @param {string} family */
function token(column, i, family) {
  const { axis, text } = column;
  const label = axis.labels[i];
  const shown = shorten(label, text, tokenFont(axis, i, family));
  const made = element("span", `bvp-token${axis.special[i] ? " bvp-special" : ""}`, shown);
  made.dir = "auto";
  if (shown !== label) made.title = label;
  if (startsSentence(axis, i)) place(made, { "margin-top": SENTENCE_GAP });
  const end = stuckEnd(column, i);
  if (end) made.classList.add(`bvp-${end}`);
  return made;
}

/**
 * @param {number} row
 * @param {Column} column
 * @param {"from" | "to"} side
 * @param {string} family
 * @returns {HTMLElement[]} Around the subwords of each word.
 */
function braces(row, { axis, middle, text }, side, family) {
  const made = [];
  for (let start = 0, end; start < axis.size; start = end) {
    let widest = labelWidth(axis, start, family);
    for (end = start + 1; axis.word[start] >= 0 && axis.word[end] === axis.word[start]; end++)
      widest = Math.max(widest, labelWidth(axis, end, family));
    if (end - start < 2) continue;
    const brace = element("i", "bvp-brace");
    place(brace, { top: middle[start] - row / 2 + 5, height: (end - start) * row - 10 });
    place(brace, { [side === "from" ? "right" : "left"]: TOKEN_PAD + 5 + Math.min(text, widest) });
    made.push(brace);
  }
  return made;
}

/**
 * @param {number} row
 * @param {Column} column
 * @returns {HTMLElement[]} A and B beside the sentences of a pair.
 */
function sentenceMarks(row, { axis, middle }) {
  const starts = axis.segment.map((_, i) => i).filter((i) => startsSentence(axis, i));
  if (!starts.length) return [];
  return [0, ...starts].map((start, i, all) => {
    const mark = element("div", "bvp-sentence");
    mark.append(element("span", "", "AB"[axis.segment[start]]));
    place(mark, {
      top: middle[start] - row / 2,
      height: ((all[i + 1] ?? axis.size) - start) * row,
    });
    describe(mark, { "aria-hidden": true });
    return mark;
  });
}
