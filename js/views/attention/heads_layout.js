/**
 * Layout of the heads mode, in CSS pixels: two columns of tokens, links between them,
 * strips of head weights on the right.
 *
 * @typedef {import("./types.js").Axis} Axis
 *
 * @typedef {object} Column
 * @property {Axis} axis
 * @property {number} width
 * @property {number} text Room for a token's text.
 * @property {Float32Array} middle Of each row, from the column's top.
 * @property {number} length
 * @property {boolean} sticks Its special ends stay in view.
 * @property {number} lag Share of each scrolled pixel by which the column stays behind: a short
 *   column stands still beside a long one.
 *
 * @typedef {object} Layout
 * @property {number} row Height of a row.
 * @property {number} height Of the visible part.
 * @property {number} length Of the whole, which scrolls.
 * @property {number} width Without the ruler.
 * @property {boolean} scrolls
 * @property {Column} from
 * @property {Column} to
 * @property {number} linkLeft
 * @property {number} linkRight
 * @property {number} strip Left edge of the strips at rest.
 * @property {number} cell Width of one head in them.
 * @property {number} stripWidth
 * @property {number} ruler Left edge.
 * @property {boolean} narrow
 */

import { clamp } from "../../shared/dom.js";
import {
  BOLDER,
  BRACE_ROOM,
  LABEL,
  MARK_ROOM,
  NARROW,
  ROW,
  RULER,
  SENTENCE_GAP,
  TOKEN_PAD,
  WIDEST,
} from "./design.js";

/**
 * @param {object} room
 * @param {number} room.width
 * @param {number} room.height
 * @param {number} room.heads
 * @param {Axis} room.rows
 * @param {Axis} room.columns
 * @param {number[]} room.widest Of the labels of rows and columns.
 * @returns {Layout}
 */
export function headsLayout({ width, height, heads, rows, columns, widest }) {
  const narrow = width < NARROW;
  const axes = [rows, columns];
  const most = Math.max(rows.size, columns.size, 1);
  const gaps = SENTENCE_GAP * Math.max(...axes.map(sentenceBreaks));
  const row = clamp(Math.floor((height - gaps) / most), ROW.least, ROW.most);
  const length = Math.max(...axes.map((axis) => columnLength(axis, row)));
  const scrolls = length > height;
  const seen = scrolls ? Math.floor(height / row) * row : length;
  const cell = clamp(Math.floor((width * (narrow ? 0.16 : 0.24)) / heads), 3, 14);
  const stripWidth = cell * heads;
  const total = Math.min(width - (scrolls ? RULER + 5 : 0), WIDEST);
  const limit = narrow ? LABEL.narrow : LABEL.wide;
  const [from, to] = axes.map((axis, i) =>
    column(axis, { row, length, seen, text: Math.min(limit, Math.ceil(widest[i] * BOLDER)) }),
  );
  const strip = total - stripWidth;
  return {
    ...{ row, height: seen, length, width: total, scrolls, from, to, narrow },
    ...{ strip, cell, stripWidth },
    linkLeft: from.width,
    linkRight: strip - (narrow ? 6 : 14) - to.width,
    ruler: total + 5,
  };
}

/**
 * @param {Axis} axis
 * @param {{ row: number, length: number, seen: number, text: number }} about
 * @returns {Column}
 */
function column(axis, { row, length, seen, text }) {
  const own = columnLength(axis, row);
  const middle = new Float32Array(axis.size);
  let gap = 0;
  for (let i = 0; i < axis.size; i++) {
    if (startsSentence(axis, i)) gap += SENTENCE_GAP;
    middle[i] = (i + 0.5) * row + gap;
  }
  const hasBraces = axis.word.some((word, i) => word >= 0 && word === axis.word[i - 1]);
  const room = (hasBraces ? BRACE_ROOM : 2) + (sentenceBreaks(axis) ? MARK_ROOM : 0);
  return {
    axis,
    middle,
    text,
    width: text + TOKEN_PAD + room,
    length: own,
    sticks: own > seen && own === length,
    lag: length > seen ? 1 - Math.max(0, own - seen) / (length - seen) : 0,
  };
}

/**
 * @param {Axis} axis
 * @param {number} i
 * @returns {boolean} The second sentence of a pair starts here.
 */
export function startsSentence({ segment }, i) {
  return i > 0 && segment[i] !== segment[i - 1];
}

/** @param {Axis} axis */
function sentenceBreaks(axis) {
  return axis.segment.filter((_, i) => startsSentence(axis, i)).length;
}

/** @param {Axis} axis @param {number} row */
function columnLength(axis, row) {
  return axis.size * row + SENTENCE_GAP * sentenceBreaks(axis);
}

/**
 * @param {Column} column
 * @param {number} i
 * @returns {"first" | "last" | null} The row is a special end that stays in view.
 */
export function stuckEnd({ axis, sticks }, i) {
  if (!sticks || !axis.special[i]) return null;
  if (i === 0) return "first";
  return i === axis.size - 1 ? "last" : null;
}

/**
 * @typedef {object} Window What of a column is in view.
 * @property {number} shift Of its rows, in pixels.
 * @property {number} top Where the rows that move begin; above is a special end, and a mark for what is
 *   out of view.
 * @property {number} bottom
 * @property {number} above How many rows are out of view; one special end or the other is not.
 * @property {number} below
 */

/**
 * @param {Layout} layout
 * @param {Column} column
 * @param {number} scrolled
 * @returns {Window}
 */
export function windowOf({ row, height }, column, scrolled) {
  const { middle, lag } = column;
  const shift = scrolled * (lag - 1);
  const last = column.axis.size - 1;
  let top = stuckEnd(column, 0) ? row : 0;
  let bottom = height - (stuckEnd(column, last) ? row : 0);
  const moving = [...middle].filter((_, i) => !stuckEnd(column, i)).map((y) => y + shift);
  // Half a row may hide under an edge before it counts.
  if (moving[0] < top) top += row;
  if (moving[moving.length - 1] > bottom) bottom -= row;
  const above = moving.filter((y) => y < top).length;
  const below = moving.filter((y) => y > bottom).length;
  return { shift, top, bottom, above, below };
}

/**
 * @param {Layout} layout
 * @param {Column} column
 * @param {number} scrolled
 * @returns {(i: number) => number} Visible middle of a row; NaN out of view.
 */
export function seenAt(layout, column, scrolled) {
  const { shift, top, bottom } = windowOf(layout, column, scrolled);
  return (i) => {
    const end = stuckEnd(column, i);
    if (end) return end === "first" ? layout.row / 2 : layout.height - layout.row / 2;
    const y = column.middle[i] + shift;
    return y >= top && y <= bottom ? y : Number.NaN;
  };
}

/**
 * @param {Layout} layout
 * @param {Column} column
 * @param {number} scrolled
 * @param {number} y
 * @returns {number} The visible row there; -1 for none.
 */
export function rowAt(layout, column, scrolled, y) {
  const at = seenAt(layout, column, scrolled);
  for (let i = 0; i < column.axis.size; i++) if (Math.abs(at(i) - y) <= layout.row / 2) return i;
  return -1;
}
