import { element } from "../../shared/dom.js";

const HELP = {
  "Move over, tap": "see where a token or a head looks",
  "Click, tap again": "keep it; with Shift several, Escape lets go",
  "Head’s number": "this head alone; again: all; with Shift: some",
  "Double-click, pinch": "enlarge the matrix",
  "Arrows, Enter": "move, keep",
  "[ and ]": "layer before, layer after",
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
