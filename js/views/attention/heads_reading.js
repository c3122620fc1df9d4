/**
 * What the heads mode says: the line above the figure, the caption under it, the tooltip.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").Piece} Piece
 * @typedef {import("./types.js").CaptionPart} CaptionPart
 * @typedef {import("./types.js").Axis} Axis
 * @typedef {import("./heads_links.js").Scene} Scene
 * @typedef {import("./heads_weights.js").Focus} Focus
 */

import { element } from "../../shared/dom.js";
import { counted, percent, weightText } from "../../shared/text.js";
import { SQUARES_FROM, seenAt } from "./heads_layout.js";
import { evenWeight, largest, strongest } from "./heads_weights.js";
import { setPieces } from "./pieces.js";
import { headsText } from "./wording.js";

export const HINT = "Point at a token to see where its heads look; click to keep it";

/**
 * @param {Scene} scene
 * @param {Focus} focus
 * @param {Float32Array} values `[other side, heads]`
 * @param {{ combine: "mean" | "sum", most: number }} how
 * @returns {Piece[]} "on → [CLS] 0.71 (head 5), bank 0.34 (head 1)"
 */
export function focusReading({ sheet, heads }, { side, places }, values, { combine, most }) {
  const [near, far] = side === "from" ? [sheet.rows, sheet.columns] : [sheet.columns, sheet.rows];
  const { weight, head } = strongest(values, sheet.heads, heads);
  const named =
    places.length === 1 ? near.labels[places[0]] : `${combine} of ${places.length} tokens`;
  /** @type {Piece[]} */
  const pieces = [{ bold: named }, side === "from" ? " → " : " ← "];
  const top = largest(weight, most);
  top.forEach((other, i) => {
    const by = heads.length > 1 ? ` (head ${head[other]})` : "";
    const comma = i < top.length - 1 ? ", " : "";
    pieces.push({ isolate: far.labels[other] }, ` ${weightText(weight[other])}${by}${comma}`);
  });
  return top.length ? pieces : [...pieces, "nothing that is shown"];
}

/**
 * @param {Scene} scene
 * @param {Focus} focus
 * @param {number} other
 * @param {Float32Array} values
 * @returns {Piece[]} The pair of what is pinned and what is pointed at, head by head.
 */
export function pairReading({ sheet, heads }, { side, places }, other, values) {
  const [near, far] = side === "from" ? [sheet.rows, sheet.columns] : [sheet.columns, sheet.rows];
  const weights = Float32Array.from(heads, (head) => values[other * sheet.heads + head]);
  const parts = largest(weights, 4).map((i) => `head ${heads[i]} ${weightText(weights[i])}`);
  const named = places
    .map((place) => near.labels[place])
    .slice(0, 3)
    .join(" + ");
  const told = parts.join(", ") || "nothing that is shown";
  return [
    { bold: named },
    side === "from" ? " → " : " ← ",
    { bold: far.labels[other] },
    `  ${told}`,
  ];
}

/**
 * @param {HTMLElement} tip
 * @param {Scene} scene
 * @param {object} at
 * @param {Focus | null} at.focus
 * @param {number} at.other
 * @param {number} at.head
 * @param {number} at.weight
 * @param {boolean} at.causal
 * @param {"mean" | "sum"} at.combine
 */
export function stripTip(tip, { sheet }, { focus, other, head, weight, causal, combine }) {
  const first = element("div");
  const second = element("div", "bvp-soft");
  if (!focus) {
    setPieces(first, [{ bold: `head ${head}` }, "  ", { isolate: sheet.columns.labels[other] }]);
    second.textContent = `receives ${weightText(weight)} on average (even: ${weightText(1 / sheet.columns.size)})`;
  } else {
    const { side, places } = focus;
    const [near, far] = side === "from" ? [sheet.rows, sheet.columns] : [sheet.columns, sheet.rows];
    const named = places.length === 1 ? near.labels[places[0]] : `${places.length} tokens`;
    const pair = [{ isolate: named }, " → ", { isolate: far.labels[other] }];
    if (side === "to") pair.reverse();
    setPieces(first, [{ bold: `head ${head}` }, "  ", ...pair]);
    const several = places.length > 1 ? `${combine} of ` : "";
    const row = side === "from" ? places[0] : other;
    second.textContent = `${several}weight ${weightText(weight)} (even: ${weightText(evenWeight(sheet, "from", row, causal))})`;
  }
  tip.append(first, second);
}

/**
 * @param {Frame} frame
 * @param {Scene} scene
 * @param {object} shown
 * @param {Focus | null} shown.focus
 * @param {Float32Array} shown.values `[tokens, heads]`
 * @returns {(CaptionPart | null)[]}
 */
export function headsCaption({ state, store }, scene, { focus, values }) {
  const { sheet, layout, heads } = scene;
  const missing = store.missing();
  const atRest = focus === null;
  const squares =
    layout.cell >= SQUARES_FROM ? "squares: mean received, area = weight" : "bars: mean received";
  return [
    { isolate: store.title },
    store.kinds().length > 1 ? `${sheet.kind} attention` : null,
    `layer ${sheet.layer}`,
    headsText(heads, sheet.heads),
    sentencesText(state.get("segments"), store.shape().pair),
    atRest && heads.length > 1 ? "grey link: several heads alike" : null,
    atRest ? squares : null,
    layout.scrolls ? windowText(scene, focus, values) : null,
    specialText(store, scene, state.get("hide_special"), atRest),
    missing ? `${counted(missing, "weight")} missing` : null,
  ];
}

/**
 * @param {string} segments
 * @param {boolean} pair
 */
function sentencesText(segments, pair) {
  return pair && segments !== "all" ? `${segments.toUpperCase()} only` : null;
}

/**
 * @param {Frame["store"]} store
 * @param {Scene} scene
 * @param {boolean} hides
 * @param {boolean} atRest
 * @returns {string | null} "[CLS] and [SEP] take 51%, drawn paler"
 */
function specialText(store, { sheet, heads }, hides, atRest) {
  const { names, shares } = store.patterns();
  const { layers, heads: count } = store.shape();
  const first = layers.indexOf(sheet.layer) * count * names.length;
  const special = store.specialNames();
  const taken = names.map((name, k) => ({ name, k })).filter(({ name }) => special.includes(name));
  let share = 0;
  for (const head of heads)
    for (const { k } of taken) share += shares[first + head * names.length + k] / heads.length;
  if (!taken.length || share < 0.005 || !(hides || atRest)) return null;
  const who = taken.map(({ name }) => name).join(" and ");
  return `${who} ${taken.length > 1 ? "take" : "takes"} ${percent(share)}, ${hides ? "hidden" : "drawn paler"}`;
}

/**
 * @param {Scene} scene
 * @param {Focus | null} focus
 * @param {Float32Array} values
 */
function windowText({ sheet, layout, heads, scrolled }, focus, values) {
  const column = layout[focus?.side === "to" ? "from" : "to"];
  const { size } = column.axis;
  const at = seenAt(layout, column, scrolled);
  let first = size;
  let last = -1;
  for (let i = 0; i < size; i++) {
    const y = at(i);
    if (Number.isNaN(y) || (column.sticks && column.axis.special[i] && (i === 0 || i === size - 1)))
      continue;
    first = Math.min(first, i);
    last = i;
  }
  if (!focus) return `tokens ${first}–${last} of ${size}`;
  let [above, below, all] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const seen = !Number.isNaN(at(i));
    for (const head of heads) {
      const weight = values[i * sheet.heads + head];
      all += weight;
      if (!seen && i < first) above += weight;
      if (!seen && i > last) below += weight;
    }
  }
  return all ? `out of view: ${percent(above / all)} above, ${percent(below / all)} below` : null;
}
