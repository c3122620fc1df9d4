/**
 * The sentence: words are buttons, the mask is a box with its first guess, and a bar under each word says how
 * much it mattered. A word, or the whole sentence, turns into a field to be written anew.
 *
 * @typedef {import("./types.js").Box} Box
 */

import { size } from "../../shared/canvas.js";
import { describe, element, listen, place } from "../../shared/dom.js";
import { shorten, textWidth } from "../../shared/text.js";
import {
  LEAST,
  LINE,
  LONGEST,
  MASK_PADDING,
  NARROW,
  NARROW_SIZE,
  PADDING,
  WORD_SIZE,
} from "./design.js";
import { barHeights, placeSentence } from "./layout.js";
import { paintBars } from "./paint.js";

/**
 * @param {import("./view.js").View} view
 * @param {object} told
 * @param {(at: number, word: string) => void} told.write A word while it is typed.
 * @param {(text: string) => boolean} told.rewrite The sentence while it is typed; false where it cannot be asked.
 * @param {(kept: boolean) => void} told.written The field was closed.
 */
export function createSentence(view, { write, rewrite, written }) {
  const box = element("div", "bvp-sentence");
  const canvas = element("canvas");
  const line = element("div", "bvp-words");
  describe(canvas, { "aria-hidden": true });
  describe(line, { role: "group", "aria-label": "Sentence" });
  box.append(canvas, line);
  /** @type {HTMLButtonElement[]} */
  let words = [];
  /** @type {Box[]} */
  let boxes = [];
  let [width, height] = [1, 1];
  /** @type {HTMLInputElement | null} */
  let field = null;

  const pixels = () => (width < NARROW ? NARROW_SIZE : WORD_SIZE);
  const font = () => `${pixels()}px ${view.theme().font}`;

  /** @param {number} room */
  function layout(room) {
    width = room;
    const now = view.shown()?.now;
    if (!now || field) return;
    const hadFocus = words.findIndex((word) => word.matches(":focus"));
    const css = font();
    const texts = now.words.map((word, k) => (k === now.mask ? view.guess() : word));
    const widths = texts.map((text, k) => {
      const padding = k === now.mask ? MASK_PADDING : PADDING;
      return Math.max(LEAST, Math.min(LONGEST, Math.ceil(textWidth(text, css))) + padding);
    });
    ({ boxes, height } = placeSentence(widths, now.glued, width));
    words = texts.map((text, k) => {
      const { x, y, width: across } = boxes[k];
      const isMask = k === now.mask;
      const shown = shorten(text, across - (isMask ? MASK_PADDING : PADDING) + 1, css);
      const word = element("button", isMask ? "bvp-w bvp-mask" : "bvp-w", shown);
      Object.assign(word, { type: "button", tabIndex: -1 });
      word.dataset.word = String(k);
      if (shown !== text) word.title = text;
      place(word, { left: x, top: y, width: across, height: LINE, "line-height": LINE });
      return word;
    });
    place(line, { "font-size": pixels() });
    line.replaceChildren(...words);
    if (words.length) words[Math.max(0, Math.min(hadFocus, words.length - 1))].tabIndex = 0;
    if (hadFocus >= 0 && words[hadFocus]) words[hadFocus].focus({ preventScroll: true });
    place(box, { height });
    update();
  }

  /** Bars alone: the method or the theme is another, or attributions came. */
  function update() {
    const now = view.shown()?.now;
    if (!now) return;
    const values = field ? null : view.mattered();
    paintBars(size(canvas, width, height), boxes, values && barHeights(values), view.theme());
    words.forEach((word, k) => {
      const said = values?.[k] ? `, mattered ${signed(values[k])}` : "";
      const name = k === now.mask ? `mask, first guess ${view.guess()}` : now.words[k];
      word.setAttribute("aria-label", `${name}${said}`);
    });
  }

  /**
   * @param {string} text
   * @param {string} label
   * @param {(text: string) => boolean} typed
   */
  function openField(text, label, typed) {
    field = element("input", "bvp-field");
    const own = field;
    let isKept = false;
    let isRight = true;
    const close = (/** @type {boolean} */ kept) => {
      if (field !== own) return;
      field = null;
      own.remove();
      written(kept);
    };
    Object.assign(own, { type: "text", value: text, spellcheck: false, autocomplete: "off" });
    describe(own, { "aria-label": label });
    listen(own, {
      input() {
        isKept = true;
        isRight = typed(own.value);
      },
      keydown(event) {
        if (event.key !== "Enter" && event.key !== "Escape") return;
        event.preventDefault();
        // What cannot be asked stays, to be mended; why stands above it.
        if (event.key === "Enter" && !isRight) return;
        close(event.key === "Enter" && isKept);
      },
      blur: () => close(isKept),
    });
    return own;
  }

  return {
    element: box,
    layout,
    update,
    isOpen: () => field !== null,

    /** @param {EventTarget | null} target @returns {number | null} */
    wordAt(target) {
      const word = target instanceof Element ? target.closest(".bvp-w") : null;
      return word instanceof HTMLElement ? Number(word.dataset.word) : null;
    },

    /** @param {number} at */
    focus(at) {
      for (const word of words) word.tabIndex = -1;
      const word = words[Math.min(at, words.length - 1)];
      if (!word) return;
      word.tabIndex = 0;
      word.focus({ preventScroll: true });
    },

    /** @param {number} at @param {[number, number]} step @returns {number | null} The next word that way. */
    next(at, [across, down]) {
      if (across) return boxes[at + across] ? at + across : null;
      const rows = [...new Set(boxes.map(({ y }) => y))];
      const y = rows[rows.indexOf(boxes[at].y) + down];
      if (y === undefined) return null;
      const aside = (/** @type {number} */ k) =>
        Math.abs(boxes[k].x + boxes[k].width / 2 - boxes[at].x - boxes[at].width / 2);
      const own = [...boxes.keys()].filter((k) => boxes[k].y === y);
      return own.reduce((best, k) => (aside(k) < aside(best) ? k : best));
    },

    /** @param {number} at Opens a word to be written. */
    edit(at) {
      const now = view.shown()?.now;
      if (!now || field || at === now.mask) return;
      const { x, y, width: across } = boxes[at];
      /** @param {string} text The words after it make room. */
      const fit = (text) => {
        const wide = Math.max(48, Math.ceil(textWidth(text, font())) + 20);
        place(own, { left: x, top: y, width: wide, height: LINE });
        for (let k = at + 1; boxes[k]?.y === y; k++)
          place(words[k], { left: boxes[k].x + wide - across });
      };
      const own = openField(now.words[at], `In place of ${now.words[at]}`, (text) => {
        fit(text);
        write(at, text);
        return true;
      });
      fit(own.value);
      words[at].style.visibility = "hidden";
      line.append(own);
      own.select();
      own.focus({ preventScroll: true });
    },

    /** Opens the whole sentence to be written. */
    editAll() {
      const now = view.shown()?.now;
      if (!now || field) return;
      const own = openField(now.text, "Sentence", rewrite);
      place(own, { left: 0, top: 0, width: "100%", height: LINE });
      line.replaceChildren(own);
      update();
      own.focus({ preventScroll: true });
    },
  };
}

/** @param {number} value @returns {string} */
export function signed(value) {
  const text = Math.abs(value) < 0.1 ? value.toPrecision(1) : value.toFixed(2);
  return value > 0 ? `+${Number(text)}` : `−${Math.abs(Number(text))}`;
}
