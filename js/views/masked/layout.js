/**
 * Where words, bars, rows and cells stand. The twin of `bertviz_plus/plates/masked_layout.py`.
 *
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Move} Move
 */

import { clamp } from "../../shared/dom.js";
import { BAR, BARS, BETWEEN, COLUMNS, GAP, LENS, LINE } from "./design.js";

/**
 * @param {number[]} widths
 * @param {boolean[]} glued
 * @param {number} room
 * @returns {{ boxes: Box[], height: number }}
 */
export function placeSentence(widths, glued, room) {
  /** @type {Box[]} */
  const boxes = [];
  let [x, y] = [0, 0];
  widths.forEach((own, k) => {
    const width = Math.min(own, room);
    const gap = k && x && !glued[k] ? GAP : 0;
    if (x && x + gap + width > room) [x, y] = [0, y + LINE + BARS + BETWEEN];
    else x += gap;
    boxes.push({ x, y, width });
    x += width;
  });
  return { boxes, height: y + LINE + BARS };
}

/**
 * @param {ArrayLike<number>} values
 * @returns {number[]} The heights of bars, the strongest the highest; below zero they hang.
 */
export function barHeights(values) {
  const most = Math.max(...Array.from(values, (value) => Math.abs(value) || 0));
  return Array.from(values, (value) => (most ? (BAR * (value || 0)) / most : 0));
}

/**
 * @param {number} width
 * @param {boolean} isCompared
 */
export function placeColumns(width, isCompared) {
  const { share, least, most } = COLUMNS.gap;
  const gap = isCompared ? clamp(share * width, least, most) : 0;
  const room = isCompared ? (width - gap - COLUMNS.mark) / 2 : width;
  const column = Math.min(room, COLUMNS.widest);
  const name = clamp(COLUMNS.name.share * column, COLUMNS.name.least, COLUMNS.name.most);
  const bar = Math.max(8, column - name - COLUMNS.number);
  return { column, name, bar, after: isCompared ? column + gap : 0 };
}

/** @param {number} row @returns {number} Its middle, from the top of the columns. */
export const rowMiddle = (row) => COLUMNS.header + (row + 0.5) * COLUMNS.row;

/** @param {number} rows */
export const columnsHeight = (rows) => COLUMNS.header + rows * COLUMNS.row + COLUMNS.out;

/**
 * @param {Answer} first
 * @param {Answer} now
 * @returns {Move[]} Those of the first sentence, then those that are new.
 */
export function movesOf(first, now) {
  const before = first.choices.map((choice, from) => {
    const rank = now.ranks_of_first[from];
    const to = rank < now.choices.length ? rank : null;
    const [was, is] = [first.probabilities[from], now.probabilities_of_first[from]];
    return { choice, from, to, rise: from - rank, change: changeOf(was, is) };
  });
  const after = now.choices.map((choice, to) => {
    const rank = now.ranks_before[to];
    const [was, is] = [now.probabilities_before[to], now.probabilities[to]];
    return { choice, from: null, to, rise: rank - to, change: changeOf(was, is) };
  });
  const known = new Set(before.filter(({ to }) => to !== null).map(({ to }) => to));
  return [...before, ...after.filter(({ to }) => !known.has(to))];
}

/** @param {number} was @param {number} is */
function changeOf(was, is) {
  if (is > was * COLUMNS.changed) return 1;
  return is * COLUMNS.changed < was ? -1 : 0;
}

/**
 * @param {Move} move
 * @param {ReturnType<typeof placeColumns>} columns
 * @param {number} rows
 * @returns {[number, number, number, number]} From the row before to the row after; what is not among them
 *   comes from below or goes there.
 */
export function lineOf({ from, to }, { column, after }, rows) {
  const below = COLUMNS.header + rows * COLUMNS.row + COLUMNS.out / 2;
  return [
    column,
    from === null ? below : rowMiddle(from),
    after - 2,
    to === null ? below : rowMiddle(to),
  ];
}

/**
 * @param {number} width
 * @param {boolean} isNarrow
 * @param {number} layers
 * @param {number} choices
 */
export function placeLens(width, isNarrow, layers, choices) {
  const first = LENS.layer + (isNarrow ? LENS.first.narrow : LENS.first.wide);
  const count = clamp(Math.floor((width - first) / LENS.cell.least), 1, choices);
  const cell = Math.min((width - first) / count, LENS.cell.most);
  const row = clamp(Math.floor(LENS.rows_room / layers), LENS.row.least, LENS.row.most);
  return { first, count, cell, row, height: LENS.header + layers * row };
}
