/** Under the figure: the kinds of arcs with their counts, and what makes a screenshot self-sufficient. */

import { size } from "../../shared/canvas.js";
import { describe, element } from "../../shared/dom.js";
import { counted } from "../../shared/text.js";
import { VERDICTS } from "./design.js";
import { paintArcs } from "./paint.js";
import { countOf, LEFT_OUT } from "./verdicts.js";

/** @typedef {import("./view.js").View} View */

/** @param {View} view */
export function createLegend(view) {
  const box = element("div", "bvp-under bvp-key");
  return {
    element: box,
    update() {
      const { above, below } = view.links();
      box.replaceChildren(
        ...Object.entries(VERDICTS).map(([name, text]) => {
          const verdict = /** @type {import("./types.js").Verdict} */ (name);
          const count = countOf(verdict === "missed" ? above : below, verdict);
          const entry = element("span", count ? "" : "bvp-none");
          const sample = element("canvas");
          describe(sample, { "aria-hidden": true });
          const piece = { x0: 0, x1: 34, y: 17, rise: -10, starts: false, ends: false };
          const arc = { word: 0, head: 0, verdict, pieces: [piece], alpha: 1 };
          paintArcs(size(sample, 34, 14), [arc], view.theme());
          entry.append(sample, `${text} ${count}`);
          return entry;
        }),
      );
    },
  };
}

/** @param {View} view @returns {string} What is drawn below. */
export function sourceText(view) {
  const { data } = view;
  const layer = `layer ${view.layer()}`;
  const spanning = ": maximum spanning tree of attention";
  if (view.source() === "head") return `${layer}, head ${view.head()}${spanning}`;
  if (view.source() === "mean") return `${layer}, mean of ${data.heads} heads${spanning}`;
  if (view.source() === "probe") return `hidden ${layer}, a structural probe`;
  const offset = data.offsets[view.offset()];
  return `each word’s head is ${counted(Math.abs(offset), "word")} ${offset > 0 ? "after" : "before"} it`;
}

/** @param {View} view @returns {import("../../shared/pieces.js").CaptionPart[]} */
export function captionOf(view) {
  const { data } = view;
  const about = view.about();
  if (!about) return [data.title];
  const { id, trees, dropped } = about;
  const left = trees[0].filter((head) => head === LEFT_OUT).length - dropped.length;
  const best = view.bestOf();
  const kind = view.source() === "head" ? "heads" : "layers";
  const name = data.sentences > 1 ? `sentence ${view.sentence()} of 0–${data.sentences - 1}` : "";
  return [
    data.title,
    id ? `${name || "sentence"} (${id})` : name,
    `above: gold; below: ${sourceText(view)}`,
    best ? `best of ${best} ${kind} on these sentences` : "",
    left ? `${counted(left, "punctuation mark")} left out` : "",
    dropped.length ? `${counted(dropped.length, "word")} without a token, underdotted` : "",
    "UUAS: share of gold’s links found, either way round",
  ];
}
