/**
 * Texts of the heads mode: the line above the figure, the caption under it, the tooltip.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("../../shared/pieces.js").Piece} Piece
 * @typedef {import("../../shared/pieces.js").CaptionPart} CaptionPart
 * @typedef {import("./heads_links.js").Scene} Scene
 * @typedef {import("./heads_weights.js").Focus} Focus
 */

import { element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { counted, percent, weightText } from "../../shared/text.js";
import {
  HEADS_REST,
  LINK_WORDS,
  LINKS_A_ROW,
  SIGNED_WORDS,
  SQUARES_FROM,
  TARGET_WIDTH,
} from "./design.js";
import { seenAt, stuckEnd, windowOf } from "./heads_layout.js";
import { strandFrom } from "./heads_links.js";
import { largest, strongest } from "./heads_weights.js";
import { headName, headsText, specialText } from "./wording.js";

const [UP, DOWN] = ["↑ ", "↓ "];

/**
 * @param {Scene} scene
 * @param {string} quantity Is named where it is not weight.
 * @param {Focus | null} focus
 * @param {Float32Array} values `[other side, heads]`
 * @param {number | null} other The token that is pointed at while others are pinned.
 * @returns {Piece[]} "on → [CLS] 0.71 (head 5), bank 0.34 (head 1)"
 */
export function readingOf(scene, quantity, focus, values, other) {
  if (!focus) return [HEADS_REST];
  const { data, heads, layout, combine } = scene;
  const [near, far] = sides(scene, focus);
  const arrow = focus.side === "from" ? " → " : " ← ";
  /** @type {Piece[]} */
  const pieces = [{ bold: focusName(near.labels, focus, combine) }, arrow];
  if (quantity !== "weight") pieces.unshift(`${quantity}: `);
  const { text } = data.scale;
  if (other !== null) {
    const weights = heads.map((head) => values[other * data.heads + head]);
    const top = largest(weights, 4).map((i) => `${headName(data, heads[i])} ${text(weights[i])}`);
    return [...pieces, { bold: far.labels[other] }, ` ${top.join(", ") || 0}`];
  }
  const { weight, head } = strongest(values, data.heads, heads);
  const room = layout.linkRight - layout.linkLeft;
  const count = Math.max(2, Math.min(4, Math.floor(room / TARGET_WIDTH) - 1));
  const where = outOfView(scene, layout[focus.side === "from" ? "to" : "from"]);
  namedPartners(weight, count, where, strandFrom(scene) * data.scale.most).forEach((token, i) => {
    const by = heads.length > 1 ? ` (head ${head[token]})` : "";
    pieces.push(
      `${i ? ", " : ""}${where(token)}`,
      { isolate: far.labels[token] },
      ` ${text(weight[token])}${by}`,
    );
  });
  return pieces;
}

/**
 * The largest weights; the largest that is out of view, where no link leads to it, is among them.
 *
 * @param {ArrayLike<number>} weight
 * @param {number} count
 * @param {(token: number) => string} where
 * @param {number} least That is worth a name.
 * @returns {number[]}
 */
export function namedPartners(weight, count, where, least) {
  const all = largest(weight, weight.length);
  const top = all.slice(0, count);
  const unseen = all.find((token) => where(token));
  if (unseen === undefined || top.includes(unseen) || Math.abs(weight[unseen]) < least) return top;
  return [...top.slice(0, -1), unseen];
}

/**
 * @param {Scene} scene
 * @param {import("./heads_layout.js").Column} column
 * @returns {(token: number) => string} Which way, empty in view.
 */
function outOfView({ layout, scrolled }, column) {
  const seen = seenAt(layout, column, scrolled);
  const { top, shift } = windowOf(layout, column, scrolled);
  return (token) => {
    if (seen(token) > 0) return "";
    return column.middle[token] + shift < top ? UP : DOWN;
  };
}

/** @param {Scene} scene @param {Focus} focus */
function sides({ data: { rows, columns } }, { side }) {
  return side === "from" ? [rows, columns] : [columns, rows];
}

/** @param {string[]} labels @param {Focus} focus @param {"mean" | "sum"} combine */
function focusName(labels, { places }, combine) {
  return places.length > 1 ? `${combine} of ${places.length} tokens` : labels[places[0]];
}

/**
 * A weight beside what an even spread would be.
 *
 * @param {HTMLElement} tip
 * @param {Scene} scene
 * @param {Focus | null} focus
 * @param {{ other: number, head: number, weight: number, causal: boolean, quantity: string }} at
 */
export function stripTip(tip, scene, focus, { other, head, weight, causal, quantity }) {
  const { scale } = scene.data;
  const { columns } = scene.data;
  const lines = [element("div"), element("div", "bvp-soft")];
  const row = focus?.side === "to" ? other : focus?.places[0];
  const even = weightText(1 / (causal && row !== undefined ? row + 1 : columns.size));
  /** @type {Piece[]} */
  let pair = [{ isolate: columns.labels[other] }];
  if (focus) {
    const [near, far] = sides(scene, focus);
    pair = [
      { isolate: focusName(near.labels, focus, scene.combine) },
      " → ",
      { isolate: far.labels[other] },
    ];
    if (focus.side === "to") pair.reverse();
  }
  setPieces(lines[0], [{ bold: headName(scene.data, head) }, "  ", ...pair]);
  const named = quantity === "weight" ? "" : ` ${quantity}`;
  const beside = scale.signed ? "" : ` (even: ${even})`;
  const what = focus ? quantity : `receives on average${named}`;
  lines[1].textContent = `${what} ${scale.text(weight)}${beside}`;
  tip.append(...lines);
}

/**
 * @param {Frame} frame
 * @param {Scene} scene
 * @param {object} shown
 * @param {Focus | null} shown.focus
 * @param {Float32Array} shown.values `[tokens, heads]`
 * @param {number} shown.leftOut How many links at rest are not drawn.
 * @returns {(CaptionPart | null)[]}
 */
export function captionOf({ state, store }, scene, { focus, values, leftOut }) {
  const { data, layout, heads } = scene;
  const { pair } = store.shape();
  const segments = state.get("segments");
  const hides = state.get("hide_special");
  const missing = store.missing();
  const mark = layout.cell >= SQUARES_FROM ? "squares" : "bars";
  const colours = focus
    ? `${LINK_WORDS.focus} ${weightText(strandFrom(scene))} or more`
    : LINK_WORDS.rest;
  return [
    store.title,
    store.kinds().length > 1 ? `${data.kind} attention` : null,
    `${data.where}, ${headsText(heads, data)}`,
    pair && segments !== "all" ? `only ${segments.toUpperCase()}` : null,
    data.scale.signed
      ? SIGNED_WORDS.colours
      : heads.length > 1
        ? colours
        : data.mean
          ? null
          : "colour: the head",
    `${mark}: ${focus ? store.quantity() : "mean received"}`,
    layout.scrolls ? windowText(scene, focus, values) : null,
    !focus && leftOut ? `${LINKS_A_ROW} strongest links a row, ${leftOut} weaker left out` : null,
    // Nothing is paler in focus.
    !data.scale.signed && (!focus || hides) ? specialText(store, data, heads, hides) : null,
    missing ? `${counted(missing, "weight")} missing` : null,
  ];
}

/**
 * @param {Frame} frame
 * @param {Scene} scene
 * @param {number} leftOut
 * @returns {(CaptionPart | null)[]} Of the captions at rest and in focus, the longer.
 */
export function longestCaption(frame, scene, leftOut) {
  const values = new Float32Array();
  const rest = captionOf(frame, scene, { focus: null, values, leftOut });
  const focus = captionOf(frame, scene, { focus: { side: "from", places: [0] }, values, leftOut });
  return rest.join().length > focus.join().length ? rest : focus;
}

/** @param {Scene} scene @param {Focus | null} focus @param {Float32Array} values */
function windowText(scene, focus, values) {
  const { data, layout, heads } = scene;
  const column = layout[focus?.side === "to" ? "from" : "to"];
  const { size } = column.axis;
  const where = outOfView(scene, column);
  const all = [...Array(size).keys()];
  if (!focus) {
    const moving = all.filter((i) => !where(i) && !stuckEnd(column, i));
    return `tokens ${moving[0]}–${moving[moving.length - 1]} of 0–${size - 1}`;
  }
  // The longest that it says.
  if (!values.length) return "out of view: ↑ 10.0%, ↓ 10.0%";
  /** @type {Record<string, number>} */
  const mass = { "": 0, [UP]: 0, [DOWN]: 0 };
  for (const i of all)
    for (const head of heads) mass[where(i)] += Math.abs(values[i * data.heads + head]);
  const away = mass[UP] + mass[DOWN];
  if (!away) return null;
  const shares = [UP, DOWN].map((way) => way + percent(mass[way] / (away + mass[""])));
  return `out of view: ${shares.join(", ")}`;
}
