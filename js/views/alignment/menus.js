import { element } from "../../shared/dom.js";
import { buttonRow } from "../attention/button_row.js";

/** By heading: what one does, and what it is for. */
const HELP = {
  Look: {
    "hover, tap": "a word’s partners, a cell’s number",
    click: "pin the word; go to a cell’s layer and method",
    "arrows, Enter": "move between words or cells, pin",
    "[ ]": "layer before, after",
    "PageUp/Down": "pair before, after",
    Escape: "let go",
  },
  "Draw (d)": {
    "click, click": "a word, then its partner: the link comes, or goes",
    "with Shift": "a possible link: no fault to leave it out",
    "Delete, u": "take a word’s links away, undo",
  },
  Words: {
    gold: "links drawn by people: sure or possible",
    AER: "alignment error rate, 0 where all is right",
    confidence: "near 1 where two words are clearly each other’s best",
  },
};

/**
 * @param {HTMLElement} panel
 * @param {import("./view.js").View} view
 */
export function buildHelp(panel, { data }) {
  const methods = Object.fromEntries(data.methods.map(({ name, title }) => [name, title]));
  for (const [heading, lines] of Object.entries({ ...HELP, "A method links": methods })) {
    panel.append(element("p", "", heading));
    for (const [key, meaning] of Object.entries(lines)) {
      const line = element("div", "bvp-choice bvp-help");
      line.append(element("span", "", key), element("span", "", meaning));
      panel.append(line);
    }
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
