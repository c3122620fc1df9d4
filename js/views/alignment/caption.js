/** Under the figure: what makes a screenshot self-sufficient, and the threshold beside its effect. */

import { element } from "../../shared/dom.js";
import { counted } from "../../shared/text.js";
import { isKnown } from "./verdicts.js";

/** @typedef {string | [string, string, string?]} Part Text; or a name, its number and what follows. */

/**
 * @param {import("./view.js").View} view
 * @param {import("./types.js").Curve[]} curves
 * @returns {Part[]}
 */
function partsOf(view, curves) {
  const { data, store } = view;
  /** @type {Part[]} */
  const parts = [data.title];
  if (data.pairs.length > 1) parts.push(`pair ${view.pair() + 1} of ${data.pairs.length}`);
  if (view.drawing() && !store.names.length) return [...parts, ...made(view)];
  if (view.isGiven())
    parts.push(store.names.length ? `${view.method()} (given links)` : "no links yet");
  else {
    parts.push(`layer ${view.layer()}, ${view.method()}`);
    const left = store.left(view.pair(), view.step(), view.method());
    if (left) parts.push(`${counted(left, "faintest link")} left out: all would be over 2 MB`);
  }
  const scores = view.scores();
  if (view.drawing()) parts.push(...made(view));
  if (scores && store.names.length) {
    const number = (/** @type {number} */ value) => (!isKnown(value) ? "–" : value.toFixed(2));
    parts.push(["AER", number(scores.aer), ` (diagonal ${number(scores.diagonal)})`]);
    parts.push(["precision", number(scores.precision)], ["recall", number(scores.recall)]);
    if (view.drawn() && !view.drawing()) parts.push("gold: drawn here");
  } else if (!scores && curves.length && !view.isGiven() && !view.drawing()) {
    const mean = curves.reduce((sum, { confidence }) => sum + confidence, 0) / curves.length;
    const chance = view.chance();
    parts.push(["mean confidence", mean.toFixed(2), chance && ` (${chance})`]);
    parts.push("no gold for this pair");
  }
  const { cut_source: cutSource, cut_target: cutTarget } = view.about();
  const cut = cutSource.length + cutTarget.length;
  if (cut) parts.push(`${counted(cut, "word")} the model did not read, underdotted`);
  return [...parts, data.fine_print ?? ""];
}

/**
 * @param {import("./view.js").View} view
 * @returns {Part[]}
 */
function made(view) {
  const from = view.gold() ? "gold as given" : "nothing drawn yet";
  return [view.drawn() ? "links drawn by hand" : from, "view.to_pharaoh() writes them"];
}

/** @param {import("./view.js").View} view */
export function createCaption(view) {
  const row = element("div", "bvp-under");
  const text = element("div", "bvp-caption");
  const label = element("label", "bvp-threshold", "hide under");
  const input = element("input");
  const output = element("output");
  Object.assign(input, { type: "range", min: "0", max: "100", step: "1" });
  input.addEventListener("input", () => view.state.set({ threshold: Number(input.value) / 100 }));
  label.append(input, output);
  row.append(text, label);
  return {
    element: row,
    /** @param {import("./types.js").Curve[]} curves */
    update(curves) {
      const phrases = partsOf(view, curves).filter((part) => part.length);
      text.replaceChildren(
        ...phrases.map((part) => {
          const phrase = element("span");
          const [name = "", number, after = ""] = [part].flat();
          phrase.append(name);
          if (number !== undefined) phrase.append(" ", element("b", "", number), after);
          return phrase;
        }),
      );
      const threshold = view.threshold();
      const { links, hidden } = view.found();
      label.hidden = view.isGiven();
      input.value = String(Math.round(100 * threshold));
      output.textContent = hidden
        ? `${threshold.toFixed(2)}: ${hidden} of ${links.length + hidden} hidden`
        : `${threshold ? threshold.toFixed(2) : "0"}: nothing hidden`;
    },
  };
}
