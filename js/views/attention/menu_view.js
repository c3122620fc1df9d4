/**
 * What is shown, beyond where one looks: units, sentences, direction, theme.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").ViewState} ViewState
 */

import { button, describe, element } from "../../shared/dom.js";
import { rove, stopAt } from "../../shared/keyboard.js";
import { translated } from "./selection.js";

/**
 * @param {HTMLElement} panel
 * @param {Frame} frame
 */
export function buildViewMenu(panel, frame) {
  const { state, store } = frame;
  const { hasWords, pair } = store.shape();
  const rows = [
    hasWords &&
      choice("Units", { tokens: "subwords", words: "words" }, state.get("units"), (units) =>
        state.set({ units, selected_tokens: translated(frame, units) }),
      ),
    pair &&
      choice(
        "Sentences",
        { all: "all", "a→a": "A→A", "a→b": "A→B", "b→a": "B→A", "b→b": "B→B" },
        state.get("segments"),
        (segments) => state.set({ segments }),
      ),
    choice(
      "Special tokens",
      { show: "show", hide: "hide" },
      state.get("hide_special") ? "hide" : "show",
      (wish) => state.set({ hide_special: wish === "hide" }),
    ),
    choice(
      "Chosen tokens",
      { from: "attend (from)", to: "are attended to (to)" },
      state.get("side"),
      (side) => state.set({ side, selected_tokens: selectionOn(frame) }),
    ),
    choice("Several tokens", { mean: "mean", sum: "sum" }, state.get("combine"), (combine) =>
      state.set({ combine }),
    ),
    choice(
      "Theme",
      { auto: "as the page", light: "light", dark: "dark" },
      state.get("theme"),
      (theme) => state.set({ theme }),
    ),
  ];
  panel.append(...rows.filter((row) => row instanceof HTMLElement));
}

/** @param {Frame} frame */
function selectionOn({ state, store }) {
  const { rows, columns } = store.shape();
  return rows.name === columns.name ? state.get("selected_tokens") : [];
}

/**
 * @template {string} Value
 * @param {string} label
 * @param {Record<Value, string>} options
 * @param {Value} current
 * @param {(value: Value) => void} choose
 */
function choice(label, options, current, choose) {
  const row = element("div", "bvp-choice");
  const group = element("div", "bvp-options");
  describe(group, { role: "radiogroup", "aria-label": label });
  const values = /** @type {Value[]} */ (Object.keys(options));
  const buttons = values.map((value) =>
    button("", options[value], () => {
      mark(value);
      choose(value);
    }),
  );
  /** @param {Value} chosen */
  function mark(chosen) {
    values.forEach((value, i) => {
      describe(buttons[i], { role: "radio", "aria-checked": value === chosen });
    });
    stopAt(buttons, buttons[values.indexOf(chosen)]);
  }
  mark(current);
  rove(group);
  group.append(...buttons);
  row.append(element("span", "", label), group);
  return row;
}
