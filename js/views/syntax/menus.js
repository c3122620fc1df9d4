import { element } from "../../shared/dom.js";
import { addLine } from "../../shared/menu.js";

/** By heading: what one does, and what it is for. */
const HELP = {
  Look: {
    "hover, tap": "a word’s head and dependents in both trees",
    click: "pin the word",
    "arrows, Enter": "move between words, pin",
    "[ ]": "layer before, after",
    "PageUp/Down": "sentence before, after",
    Escape: "let go",
  },
  Below: {
    head: "the spanning tree of one head’s attention between words",
    mean: "the same of the mean over its layer’s heads",
    probe: "the tree that a probe reads from a hidden layer",
    offset: "each word’s head at a fixed distance; +1 is the chain",
  },
};

/** @param {HTMLElement} panel */
export function buildHelp(panel) {
  for (const [heading, lines] of Object.entries(HELP)) {
    panel.append(element("p", "", heading));
    for (const [key, meaning] of Object.entries(lines)) addLine(panel, key, meaning, "bvp-help");
  }
}
