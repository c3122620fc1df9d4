/** Under the figure: the kinds of arcs with their counts, and what makes a screenshot self-sufficient. */

import { size } from "../../shared/canvas.js";
import { element } from "../../shared/dom.js";
import { counted } from "../../shared/text.js";
import {
  ABOVE,
  BEST,
  LEFT,
  NO_TOKEN,
  OFFSET,
  PROBE,
  PUNCTUATION,
  SPANNING,
  UUAS,
  VERDICTS,
} from "./design.js";
import { paintArcs } from "./paint.js";
import { countOf, LEFT_OUT } from "./verdicts.js";

/** @typedef {import("./view.js").View} View */

/** @param {View} view */
export function createLegend(view) {
  const box = element("div", "bvp-under bvp-key");
  const kinds = /** @type {[import("./types.js").Verdict, string][]} */ (Object.entries(VERDICTS));
  const samples = kinds.map(() => element("canvas"));
  const texts = kinds.map(() => element("span"));
  kinds.forEach((_, i) => {
    const entry = element("span");
    entry.append(samples[i], texts[i]);
    box.append(entry);
  });
  return {
    element: box,
    /** The theme may be another. */
    paint() {
      kinds.forEach(([verdict], i) => {
        const piece = { x0: 0, x1: 34, y: 17, rise: -10, starts: false, ends: false };
        const arc = { word: 0, head: 0, verdict, pieces: [piece], alpha: 1 };
        paintArcs(size(samples[i], 34, 14), [arc], view.theme());
      });
    },
    update() {
      const { above, below } = view.links();
      kinds.forEach(([verdict, text], i) => {
        texts[i].textContent = `${text} ${countOf(verdict === "missed" ? above : below, verdict)}`;
      });
    },
  };
}

/** @param {View} view @returns {string} What is drawn below. */
export function sourceText(view) {
  const { data } = view;
  const layer = `layer ${view.layer()}`;
  if (view.source() === "head") return `${layer}, head ${view.head()}${SPANNING}`;
  if (view.source() === "mean") return `${layer}, mean of ${data.heads} heads${SPANNING}`;
  if (view.source() === "probe") return `hidden ${layer}, ${PROBE}`;
  const offset = data.offsets[view.offset()];
  return `${OFFSET} ${counted(Math.abs(offset), "word")} ${offset > 0 ? "after" : "before"} it`;
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
    `${ABOVE} ${sourceText(view)}`,
    best ? `best of ${best} ${kind} ${BEST}` : "",
    left ? `${counted(left, PUNCTUATION)} ${LEFT}` : "",
    dropped.length ? `${counted(dropped.length, "word")} ${NO_TOKEN}` : "",
    UUAS,
  ];
}
