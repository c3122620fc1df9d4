import { element } from "../../shared/dom.js";
import { addLine } from "../../shared/menu.js";

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
    "drag, click both": "from a word to its partner: the link comes, or goes",
    "with Shift": "a possible link: no fault to leave it out",
    "Delete, u": "take a word’s links away, undo",
  },
  Words: {
    gold: "links drawn by people: sure or possible",
    AER: "alignment error rate, 0 where all is right",
    confidence: "near 1 where two words are clearly each other’s best",
  },
};

/** @param {HTMLElement} panel @param {import("./view.js").View} view */
export function buildHelp(panel, { data }) {
  const methods = Object.fromEntries(data.methods.map(({ name, title }) => [name, title]));
  for (const [heading, lines] of Object.entries({ ...HELP, "A method links": methods })) {
    // A part never goes on in the next column.
    const part = element("div", "bvp-part");
    part.append(element("p", "", heading));
    for (const [key, meaning] of Object.entries(lines)) addLine(part, key, meaning, "bvp-help");
    panel.append(part);
  }
}
