/** The parts of the alignment view, and who is told what. */

import { absentNote } from "../../shared/absent.js";
import { describe, element } from "../../shared/dom.js";
import { arrowStep, isTyping } from "../../shared/keyboard.js";
import { buildSaveMenu } from "../../shared/save_menu.js";
import { counted } from "../../shared/text.js";
import { followHost, readTheme } from "../../shared/theme.js";
import { createViewState } from "../../shared/view_state.js";
import { composePicture } from "../attention/compose.js";
import { createMenu } from "../attention/menu.js";
import { createCaption } from "./caption.js";
import { createDrawing } from "./drawing.js";
import { createFigure, NARROW } from "./figure.js";
import { followHand } from "./hand.js";
import { createLegend } from "./legend.js";
import { createMap } from "./map.js";
import { createMatrix } from "./matrix.js";
import { buildHelp, buildViewMenu } from "./menus.js";
import { createReading } from "./reading.js";
import { createToolbar } from "./toolbar.js";
import { isKnown } from "./verdicts.js";
import { createView } from "./view.js";

/** @typedef {import("./types.js").WordPlace} WordPlace */

/** @type {(keyof import("./types.js").Traits)[]} */
export const FIELDS = [
  "pair",
  "hidden_layer",
  "method",
  "threshold",
  "show_gold",
  "show_similarity",
  "map_of",
  "drawing",
  "drawn",
  "theme",
  "height",
];

/** Figure and map together; where they are higher, the map folds. */
const TALLEST = 452;

/** Toolbar and captions take more lines there, and the figure scrolls. */
const NARROW_SHARE = 0.65;

/**
 * @param {HTMLElement} root
 * @param {import("./types.js").Model} model
 * @param {import("./store.js").Store} store
 * @returns {{ destroy: () => void, arrived: () => void }}
 */
export function createFrame(root, model, store) {
  /** @type {import("./types.js").State} */
  const state = createViewState(model, FIELDS, ["pair"]);
  let theme = readTheme(root, state.get("theme"));
  const view = createView(state, store, () => theme);
  const { data } = view;
  let [width, asked] = [0, 0];
  /** @type {boolean | null} What the reader wants; else it follows the room there is. */
  let foldWish = null;
  let folded = false;
  /** Why there is nothing to see. */
  let missingNote = "";
  /** @type {WordPlace | null} */
  let hovered = null;
  /** @type {WordPlace | null} */
  let pinned = null;

  const page = element("div", "bvp-page");
  const main = element("div", "bvp-main");
  const live = element("div", "bvp-live");
  describe(live, { "aria-live": "polite" });
  const drawing = createDrawing(view);
  const figure = createFigure(view);
  const reading = createReading(view, figure);
  const matrix = createMatrix(view, { read: tell, press: drawing.toggle });
  const legend = createLegend(view, drawing);
  const map = createMap(view, { go, tell });
  const caption = createCaption(view);
  const help = createMenu("?", "Help and keys", (panel) => buildHelp(panel, view));
  const toolbar = createToolbar(
    view,
    {
      go,
      turn: (pair) => state.set({ pair }),
      fold() {
        foldWish = !folded;
        layout();
      },
      isFolded: () => folded,
    },
    [
      createMenu("View", "What is shown", (panel) => buildViewMenu(panel, view)).element,
      createMenu("Save", "Save as a picture or a page", (panel) =>
        buildSaveMenu(panel, save, "alignment"),
      ).element,
      help.element,
    ],
  );
  main.append(figure.element, matrix.element);
  page.append(reading.element, main, legend.element, map.element, caption.element);
  root.append(toolbar.element, page, live);
  followHand(figure, { point, press });

  function save() {
    const link = element("a");
    root.classList.add("bvp-saving");
    link.href = composePicture(page, theme).toDataURL();
    root.classList.remove("bvp-saving");
    const name = `${data.title} alignment ${view.pair() + 1}`;
    link.download = `${name.replaceAll(/[^\p{L}\p{N}.-]+/gu, "_")}.png`;
    link.click();
  }

  /**
   * @param {number} step
   * @param {string} method
   */
  function go(step, method) {
    const layer = data.hidden_layers[step];
    state.set(layer === undefined ? { method } : { hidden_layer: layer, method });
  }

  /** @param {string} text */
  function tell(text) {
    reading.tell(text);
    read();
  }

  /** @param {WordPlace | null} at */
  function point(at) {
    hovered = at;
    light();
  }

  function light() {
    const start = drawing.start();
    figure.light(hovered ?? pinned ?? start, view.drawing() ? start : pinned);
    read();
  }

  function read() {
    reading.update(hovered ?? pinned, drawing.start(), String(model.get("error") || missingNote));
  }

  function announce() {
    live.textContent = reading.text();
  }

  /**
   * @param {WordPlace} at
   * @param {boolean} possible
   */
  function press(at, possible) {
    if (view.drawing()) drawing.press(at, possible);
    else pinned = pinned?.side === at.side && pinned.word === at.word ? null : at;
    light();
    announce();
  }

  function describePicture() {
    const scores = view.scores();
    const links = figure.curves().length;
    const aer =
      scores && isKnown(scores.aer) ? `, alignment error rate ${scores.aer.toFixed(2)}` : "";
    const what = `${counted(links, "link")}${aer}; ${view.method()} links ${view.gloss()}`;
    describe(figure.picture, { "aria-label": what });
    return what;
  }

  /** @param {boolean} counting */
  function updateTexts(counting) {
    root.classList.toggle("bvp-drawing", view.drawing());
    toolbar.update();
    legend.update(figure.curves(), figure.lost(), view.cosines() ? matrix.scale() : "");
    map.update(counting);
    caption.update(figure.curves());
    light();
    describePicture();
  }

  /** @param {boolean} moving */
  function draw(moving) {
    figure.update(moving);
    if (view.cosines()) matrix.draw();
  }

  /** Sees to it that what is to be shown comes, or says what still works. */
  async function bring() {
    const turn = ++asked;
    const [pair, step] = [view.pair(), view.step()];
    missingNote = "";
    root.classList.remove("bvp-waiting", "bvp-absent");
    const cosines = view.cosines();
    const missing = () =>
      (!view.isGiven() && !store.has(pair)) || (cosines && !store.cosines(pair, step));
    if (!missing()) {
      read();
      return;
    }
    root.classList.add("bvp-waiting");
    const found = cosines ? await store.wantCosines(pair, step) : await store.wantLinks(pair);
    if (turn !== asked) return;
    root.classList.remove("bvp-waiting");
    if (found && !missing()) {
      layout();
      return;
    }
    root.classList.add("bvp-absent");
    const what = store.has(pair) ? "Its cosines are" : "Its links are";
    const here = data.pairs.map((_, k) => k).filter(store.has);
    const some =
      here.length > 8 ? `${here.length} pairs` : `pairs ${here.map((k) => k + 1).join(", ")}`;
    missingNote = absentNote(what, store.has(pair) ? "the links" : some);
    read();
    announce();
  }

  /** @param {Set<keyof import("./types.js").Traits>} changed */
  function changed(changed) {
    const any = (/** @type {(keyof import("./types.js").Traits)[]} */ ...names) =>
      names.some((name) => changed.has(name));
    if (any("theme")) return retheme();
    if (any("pair")) hovered = null;
    if (any("pair", "drawing")) {
      pinned = null;
      drawing.drop();
    }
    if (any("pair", "height", "show_similarity")) layout();
    else {
      draw(!any("drawn", "drawing"));
      updateTexts(any("threshold", "map_of", "drawn", "drawing"));
    }
    if (any("pair", "hidden_layer", "method", "show_similarity")) {
      live.textContent = `layer ${view.layer()}, ${view.method()}: ${describePicture()}`;
      bring();
    }
  }

  function retheme() {
    theme = readTheme(root, state.get("theme"));
    if (width) layout();
  }

  function layout() {
    if (!width) return;
    const narrow = width < NARROW;
    const height = (Number(state.get("height")) || 380) * (narrow ? NARROW_SHARE : 1);
    const cosines = view.cosines();
    root.classList.toggle("bvp-narrow", narrow);
    root.classList.toggle("bvp-cosines", cosines);
    const natural = figure.layout(width, height).height;
    const wanted = cosines ? height : Math.min(natural, height);
    folded = foldWish ?? (narrow || wanted + map.fullHeight() > TALLEST);
    if (cosines) matrix.layout(width, height);
    map.layout(width, folded);
    toolbar.update();
    draw(false);
    updateTexts(true);
  }

  function letGo() {
    if (drawing.start()) drawing.drop();
    else pinned = null;
    hovered = null;
    light();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean}
   */
  function useKey(event) {
    const target = event.composedPath()[0];
    const slides = target instanceof HTMLInputElement && target.type === "range";
    if (isTyping(event) && !(slides && "[]".includes(event.key))) return false;
    const at = figure.wordAt(event.target);
    const step = arrowStep(event);
    if (event.key === "[" || event.key === "]")
      go(view.step() + (event.key === "]" ? 1 : -1), view.method());
    else if (event.key === "PageUp" || event.key === "PageDown") {
      const pair = view.pair() + (event.key === "PageDown" ? 1 : -1);
      if (!data.pairs[pair]) return false;
      state.set({ pair });
    } else if (event.key === "Escape") letGo();
    else if (event.key === "?") help.open();
    else if (event.key === "d") state.set({ drawing: !state.get("drawing") });
    else if (event.key === "u" && view.drawing()) drawing.undo();
    else if (at && step) {
      const next = figure.next(at, step);
      if (next) figure.focus(next);
      announce();
    } else if (at && (event.key === "Enter" || event.key === " ")) press(at, event.shiftKey);
    else if (at && view.drawing() && (event.key === "Delete" || event.key === "Backspace"))
      drawing.unlink(at);
    else return false;
    return true;
  }

  root.addEventListener("keydown", (event) => {
    if (useKey(event)) event.preventDefault();
    // A bare letter is a command to the notebook: "b" would insert a cell.
    const isChord = event.ctrlKey || event.metaKey || event.altKey;
    if (event.defaultPrevented || !isChord) event.stopPropagation();
  });
  model.on("change:error", read);
  const unfollow = followHost(() => {
    const { paper, dark, font } = theme;
    const now = readTheme(root, state.get("theme"));
    if ([paper, dark, font].join() !== [now.paper, now.dark, now.font].join()) retheme();
  });
  const offState = state.on(changed);
  const observer = new ResizeObserver(() => {
    if (!page.clientWidth || page.clientWidth === width) return;
    width = page.clientWidth;
    // Inside a tab there is no style to read before there is a width.
    retheme();
    bring();
  });
  observer.observe(page);
  // Widths that were measured before a font came are wrong.
  const onFonts = () => layout();
  document.fonts?.addEventListener("loadingdone", onFonts);

  return {
    arrived() {
      if (!width) return;
      if (root.matches(".bvp-waiting, .bvp-absent")) {
        layout();
        bring();
      } else updateTexts(true);
    },
    destroy() {
      observer.disconnect();
      document.fonts?.removeEventListener("loadingdone", onFonts);
      unfollow();
      offState();
      model.off("change:error", read);
      figure.stop();
      state.destroy();
    },
  };
}
