/**
 * Two sentences and the links between them. Words are buttons in the page; links are on a canvas.
 *
 * @typedef {import("./types.js").Curve} Curve
 * @typedef {import("./types.js").PlacedWords} PlacedWords
 * @typedef {import("./types.js").Side} Side
 * @typedef {import("./types.js").WordPlace} WordPlace
 */

import { size } from "../../shared/canvas.js";
import { describe, element, place } from "../../shared/dom.js";
import { shorten, textWidth } from "../../shared/text.js";
import { LONGEST_WORD, NARROW, NARROW_SIZE, PADDING, WORD_SIZE } from "./design.js";
import { endsOf, layColumns, layLines } from "./layout.js";
import { createMorph } from "./morph.js";
import { paintCurves } from "./paint.js";

/** What is so little higher than its room is shown whole. */
const ALMOST = 1.15;

/** @type {Side[]} */
export const SIDES = ["source", "target"];

/** @param {import("./view.js").View} view */
export function createFigure(view) {
  const scroll = element("div", "bvp-scroll");
  const page = element("div", "bvp-content");
  const rest = element("canvas", "bvp-rest");
  const lit = element("canvas", "bvp-lit");
  describe(rest, { role: "img" });
  describe(lit, { "aria-hidden": true });
  const lines = { source: element("div"), target: element("div") };
  for (const side of SIDES) describe(lines[side], { role: "group" });
  page.append(rest, lit, lines.source, lines.target);
  scroll.append(page);
  /** @type {Record<Side, HTMLButtonElement[]>} */
  const words = { source: [], target: [] };
  /** @type {PlacedWords} */
  let placed = { source: [], target: [], width: 0, height: 0, upright: false, bands: 1 };
  /** @type {Curve[]} */
  let curves = [];
  let restPen = size(rest, 1, 1);
  let litPen = size(lit, 1, 1);
  let isLit = false;
  const morph = createMorph((now) => {
    restPen.clearRect(0, 0, placed.width, placed.height);
    paintCurves(restPen, now, view.theme(), placed);
  });

  /** @param {Side} side @param {number} pixels */
  function measure(side, pixels) {
    const { words: texts, language, font } = view.lettering(side, pixels);
    const css = `${font.pixels}px ${font.family}`;
    const widths = texts.map((text) =>
      Math.max(12, Math.min(LONGEST_WORD, Math.ceil(textWidth(text, css))) + PADDING),
    );
    return { words: texts, widths, rtl: view.about()[`${side}_rtl`], language, font, css };
  }

  /**
   * @param {number} width
   * @param {number} height What there is room for.
   */
  function layout(width, height) {
    const upright = width < NARROW;
    const texts = {
      source: measure("source", upright ? NARROW_SIZE : WORD_SIZE),
      target: measure("target", upright ? NARROW_SIZE : WORD_SIZE),
    };
    placed = upright
      ? layColumns(texts.source, texts.target, width, height)
      : layLines(texts.source, texts.target, view.stable(), width, height);
    place(page, { height: placed.height });
    // A word or two out of sight would be missed, not scrolled to.
    const whole = placed.height <= ALMOST * height;
    place(scroll, { height: whole ? placed.height : height });
    page.classList.toggle("bvp-banded", placed.bands > 1);
    for (const side of SIDES) fill(side, texts[side]);
    restPen = size(rest, width, placed.height);
    litPen = size(lit, width, placed.height);
    return placed;
  }

  /** @param {Side} side @param {ReturnType<typeof measure>} text */
  function fill(side, { words: texts, rtl, language, font, css }) {
    const name = view.language(side) || (side === "source" ? "Source" : "Target");
    describe(lines[side], { "aria-label": `${name} sentence`, dir: rtl ? "rtl" : "ltr" });
    if (language) lines[side].lang = language;
    const outer = side === "source" ? "right" : "left";
    place(lines[side], {
      "font-family": font.family,
      "font-size": font.pixels,
      "text-align": placed.upright ? outer : "center",
    });
    const cut = new Set(view.about()[`cut_${side}`]);
    const focused = words[side].findIndex((word) => word.matches(":focus"));
    words[side] = texts.map((text, k) => {
      const box = placed[side][k];
      const shown = shorten(text, box.width - PADDING + 1, css);
      const word = element("button", "bvp-w", shown);
      word.type = "button";
      word.tabIndex = -1;
      word.dataset.side = side;
      word.dataset.word = String(k);
      if (shown !== text) word.title = text;
      if (cut.has(k)) word.classList.add("bvp-cut");
      place(word, { left: box.x, top: box.y, width: box.width, height: box.height });
      place(word, { "line-height": box.height });
      return word;
    });
    lines[side].replaceChildren(...words[side]);
    words[side][focused]?.focus({ preventScroll: true });
    if (!words[side].some((word) => word.matches(":focus")) && words[side][0])
      words[side][0].tabIndex = 0;
  }

  /** @param {boolean} moving */
  function update(moving) {
    curves = view.judged().map((link) => {
      const [from, to] = [placed.source[link.source], placed.target[link.target]];
      return { ...link, ...endsOf(from, to, placed.upright), alpha: 1 };
    });
    const { here } = view.found();
    const linked = { source: new Set(), target: new Set() };
    for (const { verdict, ...link } of curves)
      if (!["missed", "unlinked", "hint"].includes(verdict))
        for (const side of SIDES) linked[side].add(link[side]);
    for (const side of SIDES)
      words[side].forEach((word, k) => {
        word.classList.toggle("bvp-null", here && !linked[side].has(k));
      });
    morph.go(curves, moving);
  }

  /**
   * Lights a word and its partners.
   *
   * @param {WordPlace | null} at
   * @param {WordPlace | null} pinned
   */
  function light(at, pinned) {
    const own = at ? partnersOf(at) : [];
    // Even an empty canvas is copied to the screen once it is touched.
    if (own.length || isLit) litPen.clearRect(0, 0, placed.width, placed.height);
    isLit = own.length > 0;
    scroll.classList.toggle("bvp-receding", at !== null);
    for (const side of SIDES)
      words[side].forEach((word, k) => {
        const link = at && at.side !== side ? own.find((curve) => curve[side] === k) : null;
        const unfound = link && ["missed", "unlinked", "hint"].includes(link.verdict);
        word.classList.toggle("bvp-on", at?.side === side && at.word === k);
        word.classList.toggle("bvp-partner", Boolean(link && !unfound));
        word.classList.toggle("bvp-lost", Boolean(unfound));
        word.setAttribute("aria-pressed", String(pinned?.side === side && pinned.word === k));
      });
    paintCurves(litPen, own, view.theme(), { upright: placed.upright, strong: true });
  }

  /** @param {EventTarget | null} target @returns {WordPlace | null} */
  function wordAt(target) {
    const word = target instanceof Element ? target.closest(".bvp-w") : null;
    if (!(word instanceof HTMLElement)) return null;
    return { side: /** @type {Side} */ (word.dataset.side), word: Number(word.dataset.word) };
  }

  /**
   * @param {{ clientX: number, clientY: number }} pointer Captured: its target is not what lies under it.
   * @returns {WordPlace | null}
   */
  function wordUnder({ clientX, clientY }) {
    const root = /** @type {Document | ShadowRoot} */ (scroll.getRootNode());
    return wordAt(root.elementFromPoint(clientX, clientY));
  }

  /** @param {WordPlace} at */
  function partnersOf({ side, word }) {
    return curves.filter((curve) => curve[side] === word);
  }

  return {
    element: scroll,
    picture: rest,
    layout,
    update,
    light,
    partnersOf,
    placed: () => placed,
    curves: () => curves,
    /** How many words have no partner. */
    lost: () => page.querySelectorAll(".bvp-null").length,
    wordAt,
    wordUnder,

    /**
     * A link in the making: from a word to the pointer, or to the word under it.
     *
     * @param {WordPlace} from
     * @param {{ clientX: number, clientY: number }} pointer
     * @returns {WordPlace | null} The partner that it would have.
     */
    stretch(from, pointer) {
      const under = wordUnder(pointer);
      const at = under && under.side !== from.side ? under : null;
      light(from, from);
      if (at) words[at.side][at.word].classList.add("bvp-partner");
      const { left, top } = page.getBoundingClientRect();
      const hand = { x: pointer.clientX - left, y: pointer.clientY - top, width: 0, height: 0 };
      const loose = { ...hand, endX: hand.x, endY: hand.y };
      const [own, other] = [placed[from.side][from.word], at ? placed[at.side][at.word] : loose];
      const [one, two] = from.side === "source" ? [own, other] : [other, own];
      const made = { source: 0, target: 0, confidence: 1, verdict: "agreed", alpha: 1 };
      const curve = /** @type {Curve} */ ({ ...made, ...endsOf(one, two, placed.upright) });
      isLit = true;
      paintCurves(litPen, [curve], view.theme(), { upright: placed.upright, strong: true });
      return at;
    },

    /** @param {WordPlace} at */
    focus({ side, word }) {
      for (const one of SIDES) for (const other of words[one]) other.tabIndex = -1;
      words[side][word].tabIndex = 0;
      words[side][word].focus({ preventScroll: true });
      words[side][word].scrollIntoView({ block: "nearest", inline: "nearest" });
    },

    /**
     * @param {WordPlace} at
     * @param {[number, number]} direction
     * @returns {WordPlace | null} The next word that way.
     */
    next({ side, word }, [across, down]) {
      const box = placed[side][word];
      const other = side === "source" ? "target" : "source";
      const [along, over] = placed.upright ? [down, across] : [across, down];
      if (along) {
        const way = !placed.upright && view.about()[`${side}_rtl`] ? -along : along;
        return placed[side][word + way] ? { side, word: word + way } : null;
      }
      // The nearest line of words that way.
      let best = null;
      let least = Number.POSITIVE_INFINITY;
      for (const one of placed.upright ? [other] : SIDES)
        placed[/** @type {Side} */ (one)].forEach((there, k) => {
          const [aside, ahead] = placed.upright
            ? [there.y - box.y, over * (there.x - box.x)]
            : [there.x + there.width / 2 - box.x - box.width / 2, over * (there.y - box.y)];
          if (ahead <= 0) return;
          const far = 1e4 * ahead * (placed.upright ? 0 : 1) + Math.abs(aside);
          if (far >= least) return;
          least = far;
          best = { side: /** @type {Side} */ (one), word: k };
        });
      return best;
    },
    stop: morph.stop,
  };
}
