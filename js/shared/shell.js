/**
 * The parts around every view: menus, keys, theme, width, and the wait for missing data.
 *
 * @typedef {import("./theme.js").Theme} Theme
 * @typedef {{ theme: "auto" | "light" | "dark" }} Themed
 *
 * @typedef {object} Parts What a view adds.
 * @property {string} name Of the files that are saved.
 * @property {() => string} title Of a picture that is saved.
 * @property {(panel: HTMLElement) => void} help Fills the menu.
 * @property {(panel: HTMLElement) => void} options Fills the menu of what is shown, all but the
 *   theme.
 * @property {() => void} layout Draws all: width, theme or font changed.
 * @property {() => void} bring Loads what is to be shown, as soon as there is a width.
 * @property {(changed: Set<any>) => void} changed Traits changed, other than the theme.
 * @property {() => void} read Says what is pointed at, or what Python refuses.
 * @property {(step: number) => void} moveLayer
 * @property {(event: KeyboardEvent) => boolean} key Whether the view has used it.
 */

import { describe, element } from "./dom.js";
import { isTyping } from "./keyboard.js";
import { addChoice, createMenu } from "./menu.js";
import { buildSaveMenu } from "./save_menu.js";
import { followHost, readTheme } from "./theme.js";

/** @type {[Themed["theme"], string][]} */
const THEMES = [
  ["auto", "as the page"],
  ["light", "light"],
  ["dark", "dark"],
];

/**
 * @param {HTMLElement} root
 * @param {import("./host_model.js").HostModel} model
 * @param {import("./view_state.js").ViewState<any>} state
 * @param {Parts} view
 */
export function createShell(root, model, state, view) {
  const page = element("div", "bvp-page");
  const note = element("div", "bvp-note");
  const live = element("div", "bvp-live");
  describe(note, { role: "status" });
  describe(live, { "aria-live": "polite" });
  let theme = readTheme(root, state.get("theme"));
  let [width, turn] = [0, 0];
  const help = createMenu("?", "Help and keys", view.help);
  const menus = [
    createMenu("View", "What is shown", (panel) => {
      view.options(panel);
      const choose = (/** @type {Themed["theme"]} */ wish) => state.set({ theme: wish });
      addChoice(panel, "Theme", THEMES, () => state.get("theme"), choose);
    }),
    createMenu("Save", "Save as a picture or a page", (panel) =>
      buildSaveMenu(panel, {
        ...{ figure: page, theme, title: view.title(), name: view.name },
        ...{ draw: view.layout, page: model.page?.() ?? null, hasPython: hasPython() },
      }),
    ),
    help,
  ];

  /** A host's own model is Python's; one that an output has stored may be joined to it. */
  const hasPython = () => model.isJoined?.() ?? true;

  function retheme() {
    const { paper, dark, font } = theme;
    theme = readTheme(root, state.get("theme"));
    const isSame = [paper, dark, font].join() === [theme.paper, theme.dark, theme.font].join();
    if (!isSame && width) view.layout();
  }

  /** @param {Set<any>} changed */
  function follow(changed) {
    if (changed.has("theme")) retheme();
    if (changed.size === 1 && changed.has("theme")) return;
    keepFocus(root, () => view.changed(changed));
  }

  function measure() {
    if (!page.clientWidth || page.clientWidth === width) return;
    const isFirst = !width;
    // Inside a tab there is no style to read before there is a width.
    if (isFirst) retheme();
    width = page.clientWidth;
    view.layout();
    if (isFirst) view.bring();
  }

  /** @param {KeyboardEvent} event */
  function useKey(event) {
    if (isTyping(event)) return false;
    if (event.key === "[" || event.key === "]") view.moveLayer(event.key === "]" ? 1 : -1);
    else if (event.key === "?") help.open();
    else return view.key(event);
    return true;
  }

  /** @param {KeyboardEvent} event */
  function hearKey(event) {
    if (useKey(event)) event.preventDefault();
    // A bare letter is a command to the notebook: "b" would insert a cell.
    const isChord = event.ctrlKey || event.metaKey || event.altKey;
    if (event.defaultPrevented || !isChord) event.stopPropagation();
  }

  root.addEventListener("keydown", hearKey);
  model.on("change:error", view.read);
  const unfollow = followHost(retheme);
  const offState = state.on(follow);
  const observer = new ResizeObserver(measure);

  return {
    page,
    note,
    live,
    menus: menus.map((menu) => menu.element),
    theme: () => theme,
    hasPython,
    width: () => width,
    /** @returns {string} What Python says about a value that cannot be shown. */
    error: () => String(model.get("error") ?? ""),

    /** The parts are on the page. */
    start() {
      observer.observe(page);
      measure();
    },

    /**
     * Waits for data that are not here; where they do not come, the view says what still works.
     *
     * @param {boolean} isHere
     * @param {() => Promise<any>} want
     * @param {(found: any) => void} done
     */
    async bring(isHere, want, done) {
      const mine = ++turn;
      root.classList.toggle("bvp-waiting", !isHere);
      root.classList.remove("bvp-absent");
      note.textContent = "";
      if (isHere) return;
      const found = await want();
      if (mine !== turn) return;
      root.classList.remove("bvp-waiting");
      root.classList.toggle("bvp-absent", !found);
      done(found);
    },
    isLacking: () => root.matches(".bvp-waiting, .bvp-absent"),

    destroy() {
      turn++;
      observer.disconnect();
      root.removeEventListener("keydown", hearKey);
      unfollow();
      offState();
      model.off("change:error", view.read);
    },
  };
}

/**
 * The focus stays in the view when what had it goes: keys are heard on.
 *
 * @param {HTMLElement} root
 * @param {() => void} act
 */
export function keepFocus(root, act) {
  const had = root.matches(":focus-within");
  act();
  // What is hidden keeps the focus until the next frame, and loses it to the page.
  const isKept = root.matches(":focus") || root.querySelector(":focus")?.checkVisibility();
  if (had && !isKept) root.focus({ preventScroll: true });
}
