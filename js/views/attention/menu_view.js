/**
 * What is shown, beyond where one looks: units, direction, theme.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {[keyof ViewState, string, ...[string | boolean, string][]]} Choice
 */

import { element } from "../../shared/dom.js";
import { buttonRow } from "./button_row.js";

/** @type {Choice[]} */
const CHOICES = [
  ["units", "Units", ["tokens", "subwords"], ["words", "words"]],
  ["hide_special", "Special tokens", [false, "show"], [true, "hide"]],
  ["side", "Chosen tokens", ["from", "attend (from)"], ["to", "are attended to (to)"]],
  ["combine", "Several tokens", ["mean", "mean"], ["sum", "sum"]],
  ["theme", "Theme", ["auto", "as the page"], ["light", "light"], ["dark", "dark"]],
];

/**
 * @param {HTMLElement} panel
 * @param {Frame} frame
 */
export function buildViewMenu(panel, { state, store }) {
  for (const [field, label, ...options] of CHOICES) {
    if (field === "units" && !store.hasWords()) continue;
    const line = element("div", "bvp-choice");
    const row = buttonRow({
      role: "radiogroup",
      className: "bvp-options",
      label,
      names: options.map(([, text]) => text),
      isOn: (i) => options[i][0] === state.get(field),
      choose: (i) => state.set(store.carried(field, options[i][0])),
    });
    line.append(element("span", "", label), row.element);
    panel.append(line);
  }
}
