import { element } from "../../shared/dom.js";

const HELP = [
  ["hover, tap", "look"],
  ["click, tap again", "pin; Shift adds, Escape lets go"],
  ["head's number", "hover to preview, click for it alone, Shift-click to add; double-click: all"],
  ["← ↑ ↓ →, Enter", "move, pin"],
  ["[ ]", "layer before, after"],
  ["1 2 3 4", "heads, overview, matrix, neuron"],
  ["?", "this help"],
];

/** @param {HTMLElement} panel */
export function buildHelp(panel) {
  const list = element("dl", "bvp-help");
  for (const [key, meaning] of HELP)
    list.append(element("dt", "", key), element("dd", "", meaning));
  panel.append(list);
}
