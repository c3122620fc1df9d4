import { addChoice, addLine } from "../../shared/menu.js";
import { projectionName } from "./caption.js";
import { shortName } from "./panels.js";

/** The meaning of the numbers, for those that are shown. */
const GLOSSES = {
  "1-NN accuracy": "how often the nearest other point is of the same group",
  silhouette: "how much nearer its own group is than the next; 0: no groups",
  "silhouette of the clusters": "how much nearer its own cluster is than the next; 0: no clusters",
  "translation found": "how often the nearest sentence of another language is the translation",
  "language recognised": "how often a linear classifier names the language from the vector",
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

/** @param {HTMLElement} panel @param {import("./view.js").View} view */
export function buildHelp(panel, view) {
  const scores = view.scores();
  const numbers = [...scores.map(({ title }) => shortName(title)), "trustworthiness"];
  if (scores.some(({ shuffled }) => shuffled?.length)) numbers.push("shuffled");
  const glosses = Object.entries(GLOSSES).filter(([name]) => numbers.includes(name));
  for (const [key, meaning] of [...Object.entries(helpOf(view.data.wording)), ...glosses])
    addLine(panel, key, meaning);
}

/** @param {HTMLElement} panel @param {import("./view.js").View} view */
export function buildOptions(panel, { data, state, projection }) {
  const names = Object.keys(data.projections);
  if (names.length < 2 || data.wording.kin) return;
  /** @type {[string, string][]} */
  const options = names.map((name) => [name, projectionName(name)]);
  addChoice(panel, "Picture", options, projection, (name) => state.set({ projection: name }));
}
