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

import { absentNote } from "../../shared/absent.js";
import { still } from "../../shared/canvas.js";
import { describe, element, place } from "../../shared/dom.js";
import { isTyping } from "../../shared/keyboard.js";
import { buildSaveMenu } from "../../shared/save_menu.js";
import { followHost, readTheme } from "../../shared/theme.js";
import { createTooltip } from "../../shared/tooltip.js";
import { createCaption } from "./caption.js";
import { composePicture } from "./compose.js";
import { createMenu } from "./menu.js";
import { buildHelp } from "./menu_help.js";
import { buildViewMenu } from "./menu_view.js";
import { modes } from "./modes.js";
import { setPieces } from "./pieces.js";
import { createState } from "./state.js";
import { createStore } from "./store.js";
import { createToolbar, MODES } from "./toolbar.js";

/** Under this width each row of buttons has a line of its own. */
const SLIM = 560;
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

  const reading = element("div", "bvp-reading");
  const page = element("div", "bvp-page");
  const figure = element("div", "bvp-figure");
  const note = element("div", "bvp-note");
  const live = element("div", "bvp-live");
  const caption = createCaption(state);
  describe(root, { role: "group", "aria-label": "Attention view", tabindex: -1 });
  describe(root, { "data-lm-suppress-shortcuts": true });
  describe(figure, { role: "tabpanel" });
  describe(note, { role: "status" });
  describe(live, { "aria-live": "polite" });
  page.append(figure, caption.element);
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
    reading: (parts) => setPieces(reading, refusal() || parts),
    readingText: () => reading.textContent ?? "",
    readingRoom: (left, room) => place(root, { "--bvp-left": left, "--bvp-room": room }),
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
  const help = createMenu("?", "Help and keys", buildHelp);
  const toolbar = createToolbar(frame, [
    createMenu("View", "What is shown", (panel) => buildViewMenu(panel, frame)).element,
    createMenu("Save", "Save as a picture or a page", (panel) =>
      buildSaveMenu(panel, save, "heads"),
    ).element,
    help.element,
  ]);
  root.append(toolbar.element, reading, page, note, live);

  /** @returns {Piece[] | null} What Python says about a value that cannot be shown. */
  function refusal() {
    const error = String(model.get("error") ?? "");
    return error ? [{ bold: error }] : null;
  }

  function save() {
    const link = element("a");
    link.href = composePicture(page, theme).toDataURL();
    link.download = `${store.title.replaceAll(/[^\w.-]+/g, "_")}.png`;
    link.click();
  }

  function retheme() {
    const before = theme && css(theme);
    theme = readTheme(root, state.get("theme"));
    if (css(theme) === before) return;
    theme.headCss.forEach((colour, head) => {
      place(root, { [`--bvp-head-${head}`]: colour });
    });
    if (width) view?.layout();
  }

  function measure() {
    width = figure.clientWidth;
    root.classList.toggle("bvp-wide", width >= WIDE);
    root.classList.toggle("bvp-slim", width < SLIM);
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
      { transform: [shrunk, "none"], transformOrigin: ["0 0", "0 0"], opacity: [0.4, 1] },
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
    root.dataset.drawn = "";
    if (turn !== asked || !missing) return;
    root.classList.remove("bvp-waiting");
    if (sheet) view?.update(new Set());
    else
      note.textContent = absentNote(
        `Layer ${state.get("layer")} is`,
        `the overview, and layers ${store.here().join(", ")}`,
      );
    figure.classList.toggle("bvp-stale", !sheet);
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
    else if (event.key === "?") help.open();
    else return view?.key(event) ?? false;
    return true;
  }

  root.addEventListener("keydown", (event) => {
    if (useKey(event)) event.preventDefault();
    // A bare letter is a command to the notebook: "b" would insert a cell.
    const isChord = event.ctrlKey || event.metaKey || event.altKey;
    if (event.defaultPrevented || !isChord) event.stopPropagation();
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
    view?.destroy();
    view = null;
    store.destroy();
    state.destroy();
  };
}
