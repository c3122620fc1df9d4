import { element } from "../../shared/dom.js";
import { buttonRow } from "../attention/button_row.js";

const HELP = {
  "hover, tap": "light a word’s partners",
  "click, tap again": "pin the word",
  "arrows, Enter": "move from word to word, pin",
  "[ ]": "layer before, after",
  "map cell": "go to that layer and method",
  "PageUp, PageDown": "pair before, after",
  "Draw (d)": "click a word, then its partner: the link comes or goes; Shift makes it possible",
  Delete: "while drawing: take a word’s links away",
  u: "while drawing: undo",
  Escape: "let go",
};

/** @param {HTMLElement} panel */
export function buildHelp(panel) {
  for (const [key, meaning] of Object.entries(HELP)) {
    const line = element("div", "bvp-choice");
    line.append(element("span", "", key), element("span", "", meaning));
    panel.append(line);
  }
}

/**
 * @param {HTMLElement} panel
 * @param {import("./view.js").View} view
 */
export function buildViewMenu(panel, { state }) {
  /** @type {import("./types.js").Traits["theme"][]} */
  const themes = ["auto", "light", "dark"];
  const line = element("div", "bvp-choice");
  const row = buttonRow({
    role: "radiogroup",
    className: "bvp-options",
    label: "Theme",
    names: ["as the page", "light", "dark"],
    isOn: (i) => themes[i] === state.get("theme"),
    choose: (i) => state.set({ theme: themes[i] }),
  });
  line.append(element("span", "", "Theme"), row.element);
  panel.append(line);
}
