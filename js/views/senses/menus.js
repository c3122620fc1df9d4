import { element } from "../../shared/dom.js";
import { buttonRow } from "../attention/button_row.js";
import { projectionName } from "./caption.js";
import { shortName } from "./panels.js";

/** What the numbers mean, where they are shown. */
const GLOSSES = {
  "1-NN accuracy": "how often the nearest other point is of the same group",
  silhouette: "how much nearer its own group is than the next; 0: no groups",
  "translation found": "how often the nearest sentence of another language is the translation",
  "language told": "how often a linear probe tells the language from the vector",
  trustworthiness: "how far neighbours in the picture are neighbours in all dimensions; 1: all",
  shuffled: "the same score with the labels dealt out at random",
};

/** @param {import("./types.js").Wording} wording */
const helpOf = ({ unit, kin }) => ({
  "hover, tap": `read the ${unit}`,
  "click, tap again": kin
    ? `pin it: lines to the nearest ${unit} of each other language, dotted its way through the layers`
    : "pin it: lines to its five nearest neighbours, dotted its way through the layers",
  drag: "select what is inside; with Shift, add to it",
  "legend row": "switch a group off and on",
  "arrows, Enter": "next point, pin it",
  "[ ]": "layer before, after",
  Space: "play the layers",
  "/": "search the sentences",
  Escape: "let go",
  "double click": "let go of everything",
});

/**
 * @param {HTMLElement} panel
 * @param {import("./view.js").View} view
 */
export function buildHelp(panel, view) {
  const numbers = [...view.data.scores.map(({ title }) => shortName(title)), "trustworthiness"];
  if (view.data.scores.length) numbers.push("shuffled");
  const glosses = Object.entries(GLOSSES).filter(([name]) => numbers.includes(name));
  for (const [key, meaning] of [...Object.entries(helpOf(view.data.wording)), ...glosses]) {
    const line = element("div", "bvp-choice");
    line.append(element("span", "", key), element("span", "", meaning));
    panel.append(line);
  }
}

/**
 * @param {HTMLElement} panel
 * @param {import("./view.js").View} view
 */
export function buildViewMenu(panel, view) {
  const projections = Object.keys(view.data.projections);
  if (projections.length > 1 && !view.data.wording.kin)
    choice(panel, "Picture", projections.map(projectionName), {
      isOn: (i) => projections[i] === view.projection(),
      choose: (i) => view.state.set({ projection: projections[i] }),
    });
  /** @type {import("./types.js").Traits["theme"][]} */
  const themes = ["auto", "light", "dark"];
  choice(panel, "Theme", ["as the page", "light", "dark"], {
    isOn: (i) => themes[i] === view.state.get("theme"),
    choose: (i) => view.state.set({ theme: themes[i] }),
  });
}

/**
 * @param {HTMLElement} panel
 * @param {string} label
 * @param {string[]} names
 * @param {{ isOn: (i: number) => boolean, choose: (i: number) => void }} actions
 */
function choice(panel, label, names, actions) {
  const line = element("div", "bvp-choice");
  const row = buttonRow({ role: "radiogroup", className: "bvp-options", label, names, ...actions });
  line.append(element("span", "", label), row.element);
  panel.append(line);
}
