/**
 * The sentence and its two trees. Words are buttons in the page; arcs are on a canvas.
 *
 * @typedef {import("./types.js").Arc} Arc
 * @typedef {import("./types.js").Label} Label
 * @typedef {import("./types.js").Link} Link
 * @typedef {import("./types.js").Placed} Placed
 */

import { size } from "../../shared/canvas.js";
import { describe, element, place } from "../../shared/dom.js";
import { shorten, textWidth } from "../../shared/text.js";
import {
  LABEL_SIZE,
  LINE,
  LONGEST_WORD,
  NARROW,
  NARROW_SIZE,
  PADDING,
  TAG,
  WORD_SIZE,
} from "./design.js";
import { piecesOf, placeRelations, placeWords } from "./layout.js";
import { createMorph } from "./morph.js";
import { paintArcs, paintLabels } from "./paint.js";
import { LEFT_OUT } from "./verdicts.js";

/** @param {import("./view.js").View} view */
export function createFigure(view) {
  const scroll = element("div", "bvp-scroll");
  const page = element("div", "bvp-content");
  // Apart: while the lower arcs move, the upper ones are not drawn anew.
  const gold = element("canvas", "bvp-rest");
  const rest = element("canvas", "bvp-rest");
  const lit = element("canvas", "bvp-lit");
  const line = element("div");
  describe(rest, { role: "img" });
  describe(line, { role: "group", "aria-label": "Sentence" });
  page.append(gold, rest, lit, line);
  scroll.append(page);
  /** @type {HTMLButtonElement[]} */
  let words = [];
  /** @type {HTMLElement[]} */
  let tags = [];
  /** @type {Placed} */
  let placed = { boxes: [], rows: [], most: 0, tops: [], margins: [0, 0], rtl: false, height: 0 };
  /** @type {Label[]} */
  let labels = [];
  /** @type {Arc[]} */
  let above = [];
  /** @type {Arc[]} */
  let below = [];
  /** Words whose gold link is found. */
  let sure = new Set();
  let width = 1;
  let goldPen = size(gold, 1, 1);
  let restPen = size(rest, 1, 1);
  let litPen = size(lit, 1, 1);
  let isLit = false;
  const morph = createMorph((now) => {
    restPen.clearRect(0, 0, width, placed.height);
    paintArcs(restPen, now, view.theme());
  });

  /** @param {Link[]} links @param {boolean} up @returns {Arc[]} */
  const arcsOf = (links, up) =>
    links.map((link) => ({ ...link, pieces: piecesOf(placed, link, up), alpha: 1 }));

  /**
   * @param {number} room
   * @param {number} height What there is room for.
   */
  function layout(room, height) {
    width = room;
    const about = view.about();
    if (about) put(about, height);
    else {
      placed = { ...placed, boxes: [], rows: [] };
      labels = [];
      words = [];
      tags = [];
      line.replaceChildren();
    }
    place(page, { height: placed.height });
    place(scroll, { height: Math.min(placed.height, height) });
    goldPen = size(gold, width, placed.height);
    restPen = size(rest, width, placed.height);
    litPen = size(lit, width, placed.height);
  }

  /** @param {import("./types.js").Sentence} about @param {number} height */
  function put({ words: texts, upos, relations, trees, rtl, dropped }, height) {
    const [gold] = trees;
    const pixels = width < NARROW ? NARROW_SIZE : WORD_SIZE;
    const small = `${LABEL_SIZE}px ${view.theme().font}`;
    const css = `${pixels}px ${view.theme().font}`;
    const named = texts.map((_, k) => (upos[k] === "_" ? "" : upos[k]));
    const widths = texts.map((text, k) => {
      const own = Math.min(LONGEST_WORD, Math.ceil(textWidth(text, css))) + PADDING;
      return Math.max(12, own, Math.ceil(textWidth(named[k], small)));
    });
    placed = placeWords({ widths, gold, rtl }, width, height);
    describe(line, { dir: rtl ? "rtl" : "ltr" });
    place(line, { "font-size": pixels });
    words = texts.map((text, k) => {
      const { x, y, width: across } = placed.boxes[k];
      const shown = shorten(text, across - PADDING + 1, css);
      const word = element("button", "bvp-w", shown);
      Object.assign(word, { type: "button", tabIndex: -1 });
      word.dataset.word = String(k);
      if (shown !== text) word.title = text;
      word.classList.toggle("bvp-out", gold[k] === LEFT_OUT);
      word.classList.toggle("bvp-cut", dropped.includes(k));
      place(word, { left: x, top: y, width: across, height: LINE, "line-height": LINE });
      return word;
    });
    tags = named.map((name, k) => {
      const tag = element("span", "bvp-tag", name);
      describe(tag, { "aria-hidden": true });
      const { x, y, width: across } = placed.boxes[k];
      place(tag, { left: x, top: y + LINE, width: across, height: TAG, "line-height": TAG });
      return tag;
    });
    line.replaceChildren(...words, ...tags);
    words[0].tabIndex = 0;
    above = arcsOf(view.links().above, true);
    const wanted = above.map(({ word, pieces }) => {
      const text = relations[word];
      return { word, text, width: textWidth(text, small), piece: pieces[pieces.length - 1] };
    });
    labels = placeRelations(
      wanted.filter(({ text }) => text !== "_"),
      above.flatMap(({ pieces }) => pieces),
    );
  }

  /** @param {boolean} moving */
  function update(moving) {
    const links = view.links();
    above = arcsOf(links.above, true);
    below = arcsOf(links.below, false);
    sure = new Set(above.filter((arc) => arc.verdict === "agreed").map(({ word }) => word));
    goldPen.clearRect(0, 0, width, placed.height);
    paintArcs(goldPen, above, view.theme());
    const free = labels.filter((label) => label.free);
    paintLabels(goldPen, free, (word) => sure.has(word), view.theme());
    morph.go(below, moving);
  }

  /**
   * Lights a word, its head and its dependents in both trees.
   *
   * @param {number | null} at
   * @param {number | null} pinned
   */
  function light(at, pinned) {
    const own =
      at === null ? [] : [...above, ...below].filter((arc) => arc.word === at || arc.head === at);
    // Even an empty canvas is copied to the screen once it is touched.
    if (own.length || isLit) litPen.clearRect(0, 0, width, placed.height);
    isLit = own.length > 0;
    scroll.classList.toggle("bvp-receding", at !== null);
    const near = new Set(own.flatMap(({ word, head }) => [word, head]));
    words.forEach((word, k) => {
      word.classList.toggle("bvp-on", at === k);
      word.classList.toggle("bvp-partner", near.has(k) && at !== k);
      word.setAttribute("aria-pressed", String(pinned === k));
      tags[k].classList.toggle("bvp-on", near.has(k) || at === k);
    });
    if (!isLit) return;
    paintArcs(litPen, own, view.theme(), true);
    const shown = labels.filter(({ word }) =>
      own.some((arc) => arc.word === word && above.includes(arc)),
    );
    paintLabels(litPen, shown, (word) => sure.has(word), view.theme());
  }

  return {
    element: scroll,
    picture: rest,
    layout,
    update,
    light,

    /** @param {EventTarget | null} target @returns {number | null} */
    wordAt(target) {
      const word = target instanceof Element ? target.closest(".bvp-w") : null;
      return word instanceof HTMLElement ? Number(word.dataset.word) : null;
    },

    /** @param {number} at */
    focus(at) {
      for (const word of words) word.tabIndex = -1;
      words[at].tabIndex = 0;
      words[at].focus({ preventScroll: true });
      words[at].scrollIntoView({ block: "nearest", inline: "nearest" });
    },

    /**
     * @param {number} at
     * @param {[number, number]} direction
     * @returns {number | null} The next word that way, or the nearest in the next row.
     */
    next(at, [across, down]) {
      const { boxes, rows, rtl } = placed;
      if (across)
        return boxes[at + (rtl ? -across : across)] ? at + (rtl ? -across : across) : null;
      const row = rows[boxes[at].row + down];
      if (!row) return null;
      const aside = (/** @type {number} */ k) => Math.abs(boxes[k].middle - boxes[at].middle);
      let best = row[0];
      for (let k = row[0]; k < row[1]; k++) if (aside(k) < aside(best)) best = k;
      return best;
    },
    stop: morph.stop,
  };
}
