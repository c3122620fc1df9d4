/** Under the figure: what makes a screenshot self-sufficient. */

import { counted } from "../../shared/text.js";
import { SAYS } from "./design.js";
import { isKnown } from "./verdicts.js";

/** @typedef {import("./view.js").View} View */

/** @typedef {import("../../shared/pieces.js").CaptionPart} Part */

/**
 * @param {View} view
 * @param {import("./types.js").Curve[]} curves
 * @param {boolean} hasPython
 * @returns {Part[]}
 */
export function captionOf(view, curves, hasPython) {
  const { data, store } = view;
  /** @type {Part[]} */
  const parts = [data.title];
  if (data.pairs.length > 1) parts.push(`pair ${view.pair()} of 0–${data.pairs.length - 1}`);
  if (view.drawing() && !store.names.length) return [...parts, ...made(view, hasPython)];
  if (view.isImported())
    parts.push(store.names.length ? `${view.method()} (${SAYS.given})` : SAYS.no_links);
  else {
    parts.push(`layer ${view.layer()}, ${view.method()}`);
    const left = store.left(view.pair(), view.step(), view.method());
    if (left) parts.push(`${counted(left, "faintest link")} left out: all would be over 2 MB`);
  }
  const scores = view.scores();
  if (view.drawing()) parts.push(...made(view, hasPython));
  if (scores && store.names.length) {
    const number = (/** @type {number} */ value) => (!isKnown(value) ? "–" : value.toFixed(2));
    const { aer, diagonal, precision, recall } = scores;
    parts.push([`${SAYS.aer} `, { bold: number(aer) }, ` (diagonal ${number(diagonal)})`]);
    parts.push(["precision ", { bold: number(precision) }], ["recall ", { bold: number(recall) }]);
    if (view.drawn() && !view.drawing()) parts.push(SAYS.gold_by_hand);
  } else if (!scores && curves.length && !view.isImported() && !view.drawing()) {
    const mean = curves.reduce((sum, { confidence }) => sum + confidence, 0) / curves.length;
    const chance = view.chance();
    parts.push(["mean confidence ", { bold: mean.toFixed(2) }, chance && ` (${chance})`]);
    parts.push(SAYS.no_gold);
  }
  const { cut_source: cutSource, cut_target: cutTarget } = view.about();
  const cut = cutSource.length + cutTarget.length;
  if (cut) parts.push(`${counted(cut, "word")} ${SAYS.unread}`);
  return [...parts, data.fine_print ?? ""];
}

/** @param {View} view @param {boolean} hasPython @returns {Part[]} */
function made(view, hasPython) {
  if (view.drawn()?.length)
    return [SAYS.by_hand, hasPython ? "your_view.to_pharaoh() writes them" : ""];
  return [view.gold() ? SAYS.as_given : SAYS.nothing_drawn];
}

/**
 * @param {View} view
 * @returns {string} The threshold, and what it hides.
 */
export function hiddenText(view) {
  const threshold = view.threshold();
  const { links, hidden } = view.found();
  return hidden
    ? `${threshold.toFixed(2)}: ${hidden} of ${links.length + hidden} hidden`
    : `${threshold ? threshold.toFixed(2) : "0"}: nothing hidden`;
}
