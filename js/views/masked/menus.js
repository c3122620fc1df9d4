import { element } from "../../shared/dom.js";
import { addLine } from "../../shared/menu.js";

/** By heading: what one does, and what it is for. */
const HELP = {
  Ask: {
    "click, Enter": "mask this word, or write another where nothing is masked",
    "double click, e": "write another word here",
    "a prediction": "click: how much each word mattered for this one",
    u: "undo the last change",
    Escape: "undo all changes",
    arrows: "move between words",
  },
  Change: {
    negate: "“not” or “never” added, or taken away",
    "swap roles": "subject and object exchanged",
    shuffle: "other words in another order, always the same",
    truncate: "two words before the mask are kept",
    drop: "the subject, or the object, left out",
  },
};

/** @param {HTMLElement} panel */
export function buildHelp(panel) {
  for (const [heading, lines] of Object.entries(HELP)) {
    panel.append(element("p", "", heading));
    for (const [key, meaning] of Object.entries(lines)) addLine(panel, key, meaning, "bvp-help");
  }
}
