/**
 * What stands around every mode: toolbar, reading line, caption, tooltip; and who is told what.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").Mode} Mode
 * @typedef {import("./types.js").ModeView} ModeView
 * @typedef {import("./types.js").Theme} Theme
 * @typedef {import("./types.js").Piece} Piece
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {import("./state.js").Model} Model
 */

import { still } from "../../shared/canvas.js";
import { describe, element } from "../../shared/dom.js";
import { isTyping } from "../../shared/keyboard.js";
import { followHost, readTheme } from "../../shared/theme.js";
import { createTooltip } from "../../shared/tooltip.js";
import { createCaption } from "./caption.js";
import { createMenu } from "./menu.js";
import { buildHelp } from "./menu_help.js";
import { buildSaveMenu } from "./menu_save.js";
import { buildViewMenu } from "./menu_view.js";
import { modes } from "./modes.js";
import { savePicture } from "./picture.js";
import { setPieces } from "./pieces.js";
import { createState } from "./state.js";
import { createStore } from "./store.js";
import { createToolbar, MODES } from "./toolbar.js";

/** From this width on the reading line shares its line with the columns' names. */
const WIDE = 700;

/**
 * @param {HTMLElement} root
 * @param {Model} model
 * @returns {() => void}
 */
export function createFrame(root, model) {
  const state = createState(model);
  let store = createStore(model, state, arrived);
  /** @type {ModeView | null} */
  let view = null;
  let width = 0;
  let asked = 0;
  /** @type {DOMRect | null} */
  let growth = null;

  describe(root, { role: "group", "aria-label": "Attention view", tabindex: -1 });
  root.dataset.lmSuppressShortcuts = "true";
  const reading = element("div", "bvp-reading");
  const figure = element("div", "bvp-figure");
  const note = element("div", "bvp-note");
  const live = element("div", "bvp-live");
  const caption = createCaption(state);
  describe(figure, { role: "tabpanel" });
  describe(live, { "aria-live": "polite" });
  describe(note, { role: "status" });
  /** @type {Theme} */
  let theme;
  const tip = createTooltip(root);

  /** @type {Frame} */
  const frame = {
    figure,
    state,
    get store() {
      return store;
    },
    theme: () => theme,
    caption: caption.show,
    reading: (parts) => setPieces(reading, message() ? [message()] : parts),
    hidden: caption.hidden,
    showTip: tip.show,
    hideTip: tip.hide,
    announce: (text) => {
      live.textContent = text;
    },
    growFrom: (from) => {
      growth = from;
    },
  };
  const menus = [
    createMenu("View", "What is shown", (panel) => buildViewMenu(panel, frame)),
    createMenu("Save", "Save as a picture or a page", (panel, close) =>
      buildSaveMenu(panel, { save, announce: frame.announce, close }),
    ),
    createMenu("?", "Help and keys", buildHelp),
  ];
  const toolbar = createToolbar(
    frame,
    menus.map((menu) => menu.element),
  );
  root.append(toolbar.element, reading, figure, note, caption.element, live);

  const message = () => String(model.get("error") ?? "");

  function save() {
    const drawn = view?.picture();
    if (drawn) savePicture(drawn, { caption: caption.plain(), theme, title: store.title });
  }

  function retheme() {
    const before = theme && css(theme);
    theme = readTheme(root, state.get("theme"));
    if (css(theme) === before) return;
    theme.headCss.forEach((colour, head) => {
      root.style.setProperty(`--bvp-head-${head}`, colour);
    });
    if (width) view?.layout();
  }

  function measure() {
    width = figure.clientWidth;
    root.classList.toggle("bvp-wide", width >= WIDE);
  }

  /** @param {Theme} one */
  const css = (one) => [one.paper, one.dark, one.font].join();

  function start() {
    view?.destroy();
    figure.replaceChildren();
    tip.hide();
    frame.reading([]);
    const mode = state.get("mode");
    root.dataset.mode = mode;
    figure.setAttribute("aria-label", mode);
    view = modes[mode](frame);
    if (width) view.layout();
    grow();
    bring();
  }

  function grow() {
    if (!growth || still()) return;
    const to = figure.getBoundingClientRect();
    const { left, top, width: wide, height: high } = growth;
    growth = null;
    const shrunk = `translate(${left - to.left}px,${top - to.top}px) scale(${wide / to.width},${high / to.height})`;
    figure.animate(
      [
        { transform: shrunk, transformOrigin: "0 0", opacity: 0.4 },
        { transform: "none", transformOrigin: "0 0", opacity: 1 },
      ],
      { duration: 220, easing: "ease-out" },
    );
  }

  /** Sees to it that the layer comes that is to be shown, or says what still works. */
  async function bring() {
    const turn = ++asked;
    const mode = state.get("mode");
    const missing = (mode === "heads" || mode === "matrix") && !store.sheet();
    root.classList.toggle("bvp-waiting", missing);
    note.textContent = "";
    const sheet = mode === "overview" ? null : await store.want();
    if (turn !== asked || !missing) return;
    root.classList.remove("bvp-waiting");
    if (sheet) view?.update(new Set());
    else note.textContent = unanswered();
    figure.classList.toggle("bvp-stale", !sheet);
  }

  function unanswered() {
    const here = store.here().join(", ") || "none";
    return `Layer ${state.get("layer")} is not in this view, and Python does not answer. What still works: the overview, and layers that are here (${here}).`;
  }

  function arrived() {
    view?.update(new Set());
    if (root.classList.contains("bvp-waiting") || note.textContent) bring();
  }

  /** @param {Set<keyof ViewState>} changed */
  function changed(changed) {
    if (changed.has("theme")) retheme();
    if (changed.has("attention_kind")) toolbar.rebuild();
    toolbar.update();
    if (changed.has("mode")) return start();
    if (changed.has("height")) view?.layout();
    else view?.update(changed);
    if (changed.has("layer") || changed.has("attention_kind")) bring();
  }

  function replaceData() {
    store.destroy();
    store = createStore(model, state, arrived);
    toolbar.rebuild();
    start();
  }

  /** @param {number} step */
  function moveLayer(step) {
    const { layers } = store.shape();
    const next = layers[layers.indexOf(state.get("layer")) + step];
    if (next !== undefined) state.set({ layer: next });
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean}
   */
  function useKey(event) {
    if (isTyping(event)) return false;
    if (event.key === "[" || event.key === "]") moveLayer(event.key === "]" ? 1 : -1);
    else if (MODES[+event.key - 1]) state.set({ mode: MODES[+event.key - 1] });
    else if (event.key === "?") menus[2].toggle();
    else return view?.key(event) ?? false;
    return true;
  }

  root.addEventListener("keydown", (event) => {
    if (!useKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  const showMessage = () => frame.reading([]);
  model.on("change:error", showMessage);
  model.on("change:data", replaceData);
  const unfollow = followHost(retheme);
  const offState = state.on(changed);
  const observer = new ResizeObserver(() => {
    if (!figure.clientWidth || figure.clientWidth === width) return;
    const first = !width;
    measure();
    // Inside a tab there is no style to read before there is a width.
    if (first) retheme();
    view?.layout();
  });

  retheme();
  measure();
  start();
  observer.observe(figure);

  return () => {
    observer.disconnect();
    unfollow();
    offState();
    model.off("change:error", showMessage);
    model.off("change:data", replaceData);
    for (const menu of menus) menu.destroy();
    view?.destroy();
    view = null;
    store.destroy();
    state.destroy();
  };
}
