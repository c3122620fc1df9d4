/** The parts of the alignment view, and who is told what. */

import { absentNote } from "../../shared/absent.js";
import { createCaption, thresholdSlider } from "../../shared/caption.js";
import { describe, element } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { createShell } from "../../shared/shell.js";
import { counted } from "../../shared/text.js";
import { captionOf, hiddenText } from "./caption.js";
import { HEIGHT, NARROW } from "./design.js";
import { createDrawing } from "./drawing.js";
import { createFigure } from "./figure.js";
import { followHand } from "./hand.js";
import { createLegend } from "./legend.js";
import { createMap } from "./map.js";
import { createMatrix } from "./matrix.js";
import { buildHelp } from "./menus.js";
import { createReading } from "./reading.js";
import { createToolbar } from "./toolbar.js";
import { isKnown } from "./verdicts.js";
import { createView } from "./view.js";

/** @typedef {import("./types.js").Traits} Traits */

/** @typedef {import("./types.js").WordPlace} WordPlace */

/** @type {(keyof Traits)[]} */
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
 * @param {import("../../shared/host_model.js").HostModel} model
 * @param {import("./types.js").State} state
 * @param {import("./store.js").Store} store
 */
export function createFrame(root, model, state, store) {
  const shell = createShell(root, model, state, {
    name: "alignment",
    title: () => `${data.title} alignment ${view.pair()}`,
    help: (panel) => buildHelp(panel, view),
    options() {},
    layout,
    bring,
    changed,
    read,
    moveLayer: (step) => go(view.step() + step, view.method()),
    key,
  });
  const view = createView(state, store, shell.theme);
  const { data } = view;
  /** @type {boolean | null} The reader's choice; null follows the available height. */
  let foldWish = null;
  let folded = false;
  /** Why nothing is drawn. */
  let missingNote = "";
  /** @type {WordPlace | null} */
  let hovered = null;
  /** @type {WordPlace | null} */
  let pinned = null;

  const main = element("div", "bvp-main");
  const drawing = createDrawing(view);
  const figure = createFigure(view);
  const reading = createReading(view, figure);
  const matrix = createMatrix(view, { read: tell, press: drawing.toggle });
  const legend = createLegend(view, drawing);
  const map = createMap(view, { go, tell });
  const slider = thresholdSlider("Hide links under", "hide under", (threshold) =>
    state.set({ threshold }),
  );
  const caption = createCaption(slider.element);
  const actions = {
    go,
    turn: (/** @type {number} */ pair) => state.set({ pair }),
    fold() {
      foldWish = !folded;
      layout();
    },
    isFolded: () => folded,
  };
  const toolbar = createToolbar(view, actions, shell.menus);
  main.append(figure.element, matrix.element);
  shell.page.append(reading.element, main, legend.element, map.element, caption.element);
  root.append(toolbar.element, shell.page, shell.live);
  const hand = followHand(figure, { point, press, draws: view.drawing, drag, drop });

  /** @param {number} step @param {string} method */
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
    reading.update(hovered ?? pinned, drawing.start(), shell.error() || missingNote);
  }

  function announce() {
    shell.live.textContent = reading.text();
  }

  /** @param {WordPlace} at @param {boolean} possible */
  function press(at, possible) {
    if (view.drawing()) drawing.press(at, possible);
    else pinned = pinned?.side === at.side && pinned.word === at.word ? null : at;
    light();
    announce();
  }

  /** @param {WordPlace} from @param {PointerEvent} pointer */
  function drag(from, pointer) {
    reading.update(figure.stretch(from, pointer), from, "");
  }

  /** @param {WordPlace} from @param {WordPlace | null} at @param {boolean} possible */
  function drop(from, at, possible) {
    hovered = null;
    drawing.drop();
    if (at && at.side !== from.side) drawing.join(from, at, possible);
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
    caption.show(captionOf(view, figure.curves(), shell.hasPython()));
    slider.element.hidden = view.isImported();
    slider.show(view.threshold(), hiddenText(view));
    light();
    describePicture();
  }

  /** @param {boolean} moving */
  function draw(moving) {
    figure.update(moving);
    if (view.cosines()) matrix.draw();
  }

  /** Loads the links and cosines to show, or says what still works. */
  function bring() {
    const [pair, step, cosines] = [view.pair(), view.step(), view.cosines()];
    const isHere = () =>
      (view.isImported() || store.has(pair)) && !(cosines && !store.cosines(pair, step));
    missingNote = "";
    const want = async () => {
      await (cosines ? store.wantCosines(pair, step) : store.wantLinks(pair));
      return isHere();
    };
    shell.bring(isHere(), want, (found) => {
      if (found) return layout();
      const here = data.pairs.map((_, k) => k).filter(store.has);
      const some = here.length > 8 ? `${here.length} pairs` : `pairs ${here.join(", ")}`;
      missingNote = store.has(pair)
        ? absentNote("Its cosines are", "the links")
        : absentNote("Its links are", some);
      read();
      announce();
    });
    if (isHere()) read();
  }

  /** @param {Set<keyof Traits>} changed */
  function changed(changed) {
    const any = (/** @type {(keyof Traits)[]} */ ...names) =>
      names.some((name) => changed.has(name));
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
      shell.live.textContent = `layer ${view.layer()}, ${view.method()}: ${describePicture()}`;
      bring();
    }
  }

  function layout() {
    const width = shell.width();
    if (!width) return;
    const narrow = width < NARROW;
    const height = (Number(state.get("height")) || HEIGHT) * (narrow ? NARROW_SHARE : 1);
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
    hand.cancel();
    if (drawing.start()) drawing.drop();
    else pinned = null;
    hovered = null;
    light();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const at = figure.wordAt(event.target);
    const step = arrowStep(event);
    if (event.key === "PageUp" || event.key === "PageDown") {
      const pair = view.pair() + (event.key === "PageDown" ? 1 : -1);
      if (!data.pairs[pair]) return false;
      state.set({ pair });
    } else if (event.key === "Escape") letGo();
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

  shell.start();
  // Widths that were measured before a font came are wrong.
  const onFonts = () => layout();
  document.fonts?.addEventListener("loadingdone", onFonts);

  return {
    arrived() {
      if (!shell.width()) return;
      if (shell.isLacking()) {
        layout();
        bring();
      } else updateTexts(true);
    },
    destroy() {
      shell.destroy();
      document.fonts?.removeEventListener("loadingdone", onFonts);
      figure.stop();
    },
  };
}
