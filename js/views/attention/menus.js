/**
 * Help, and what is shown beyond where one looks: units, direction.
 *
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {[keyof ViewState, string, ...[string | boolean, string][]]} Choice
 */

import { addChoice, addLine } from "../../shared/menu.js";
import { statisticSelect } from "./statistics_map.js";
import { SWITCH_KEY } from "./switches.js";

/**
 * @param {boolean} touch Nothing but a finger points.
 * @param {boolean} switches Heads can be switched off.
 * @returns {Record<string, string>}
 */
const helpFor = (touch, switches) => ({
  [touch ? "Tap" : "Move over"]: "see where a token or a head looks",
  [touch ? "Tap again" : "Click"]: "keep it; with Shift several, Escape lets go",
  "Head’s number": "this head alone; again: all; with Shift: some",
  [touch ? "Pinch" : "Double-click"]: "enlarge the matrix",
  "Arrows, Enter": "move, keep",
  "[ and ]": "layer before, layer after",
  "1 2 3 4": "heads, overview, matrix, neuron",
  ...(switches && { [SWITCH_KEY]: "switch the head off or on; answers in bold moved" }),
});

/** @type {Choice[]} */
const CHOICES = [
  ["units", "Units", ["tokens", "subwords"], ["words", "words"]],
  ["hide_special", "Special tokens", [false, "show"], [true, "hide"]],
  ["side", "Chosen tokens", ["from", "attend (from)"], ["to", "are attended to (to)"]],
  ["combine", "Several tokens", ["mean", "mean"], ["sum", "sum"]],
];

/** @param {HTMLElement} panel @param {import("./types.js").Frame} frame */
export function buildHelp(panel, { store }) {
  const help = helpFor(matchMedia("(any-hover: none)").matches, Boolean(store.switches));
  for (const [key, meaning] of Object.entries(help)) addLine(panel, key, meaning);
}

/** @param {HTMLElement} panel @param {import("./types.js").Frame} frame */
export function buildOptions(panel, { state, store }) {
  for (const [field, label, ...options] of CHOICES) {
    if (field === "units" && !store.hasWords()) continue;
    const choose = (/** @type {any} */ value) => state.set(store.carried(field, value));
    addChoice(panel, label, options, () => state.get(field), choose);
  }
  for (const field of /** @type {const} */ (["layer", "heads"])) {
    const { layers, heads } = store.shape();
    const back = { layer: layers[0], heads: Array.from({ length: heads }, (_, head) => head) };
    addChoice(
      panel,
      field === "layer" ? "Layers" : "Heads",
      [
        [false, field === "layer" ? "one" : "each"],
        [true, "mean"],
      ],
      () => state.get(field) === "mean",
      (mean) => state.set({ [field]: mean ? "mean" : back[field] }),
    );
  }
  if (store.statistics) addLine(panel, "Overview", statisticSelect(state, store.statistics));
}
