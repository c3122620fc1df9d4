import { element } from "../../shared/dom.js";

const HELP = {
  "hover, tap": "look",
  "click, tap again": "pin; Shift adds, Escape lets go",
  "head’s number": "hover previews, click shows it alone, Shift adds, a second click: all",
  "arrows, Enter": "move, pin",
  "[ ]": "layer before, after",
  "1 2 3 4": "heads, overview, matrix, neuron",
};

/** @param {HTMLElement} panel */
export function buildHelp(panel) {
  for (const [key, meaning] of Object.entries(HELP)) {
    const line = element("div", "bvp-choice");
    line.append(element("span", "", key), element("span", "", meaning));
    panel.append(line);
  }
}
