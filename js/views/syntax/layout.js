/**
 * Places words in rows, and arcs over and under them.
 *
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Label} Label
 * @typedef {import("./types.js").Piece} Piece
 * @typedef {import("./types.js").Placed} Placed
 */

import { clamp } from "../../shared/dom.js";
import * as design from "./design.js";
import { cutRows } from "./rows.js";
import { NONE } from "./verdicts.js";

const { ASIDE, ARROW, BETWEEN, FARTHEST, GAP, HALF, LEAST, LINE, MARGIN, MOST, STEPS, TAG } =
  design;

/** What a label on top takes. */
const EDGE = HALF + 2;

/**
 * @param {object} sentence
 * @param {number[]} sentence.widths Of words with their tags.
 * @param {import("./types.js").Heads} sentence.gold
 * @param {boolean} sentence.rtl
 * @param {number} width
 * @param {number} height What there is room for; a long sentence takes more, and scrolls.
 * @returns {Placed}
 */
export function placeWords({ widths, gold, rtl }, width, height) {
  const room = width - 2 * MARGIN;
  const rows = cutRows(widths, gold, room);
  const line = LINE + TAG + BETWEEN;
  const longest = Math.max(...rows.map(([start, end]) => end - start));
  const span = rows.length > 1 ? longest : Math.max(1, longest - 1);
  const most = clamp((height / rows.length - line) / 2 - EDGE, MOST.least, MOST.most);
  const under = Math.ceil(arcHeight(span + 2 * design.STAGGER, most) + EDGE);
  const tops = topsOf(rows, gold, most);
  const lengths = rows.map(([start, end]) => {
    const bare = widths.slice(start, end).reduce((sum, one) => sum + one, 0);
    const gaps = end - start - 1;
    const gap = gaps ? clamp((room - bare) / gaps, GAP.least, GAP.most) : 0;
    return { gap, length: bare + gap * gaps };
  });
  const block = Math.max(...lengths.map(({ length }) => length));
  const left = Math.max(MARGIN, (width - block) / 2);
  /** @type {Box[]} */
  const boxes = [];
  let y = -BETWEEN - under;
  rows.forEach(([start, end], row) => {
    y += BETWEEN + under + Math.ceil(tops[row] + EDGE);
    let x = left;
    for (let word = start; word < end; word++) {
      const own = Math.min(widths[word], room);
      const at = rtl ? 2 * left + block - x - own : x;
      boxes.push({ x: at, y, width: own, middle: at + own / 2, row });
      x += own + lengths[row].gap;
    }
    y += LINE + TAG;
  });
  return {
    ...{ boxes, rows, most, tops, rtl },
    margins: [left - MARGIN, left + block + MARGIN],
    height: y + under,
  };
}

/**
 * @param {[number, number][]} rows
 * @param {import("./types.js").Heads} gold
 * @param {number} most
 * @returns {number[]} How high gold's arcs reach in each row; a root's arrow comes from above them.
 */
function topsOf(rows, gold, most) {
  const tops = rows.map(() => 0);
  const rowOf = (/** @type {number} */ word) => rows.findIndex(([, end]) => word < end);
  gold.forEach((head, word) => {
    if (head < 0) return;
    const [from, to] = [rowOf(head), rowOf(word)];
    const [far, near] = spansOf(rows, word, head, from, to);
    tops[from] = Math.max(tops[from], arcHeight(far, most));
    tops[to] = Math.max(tops[to], arcHeight(near, most));
  });
  gold.forEach((head, word) => {
    if (head === NONE) tops[rowOf(word)] = Math.max(LEAST, tops[rowOf(word)] + design.ROOT);
  });
  return tops;
}

/**
 * @param {[number, number][]} rows
 * @param {number} word
 * @param {number} head
 * @param {number} from The head's row.
 * @param {number} to The word's.
 * @returns {[number, number]} Over how many words an arc runs in the head's row and in the word's; a little
 *   more by its place, so that arcs of one length that cross do not hide each other.
 */
function spansOf(rows, word, head, from, to) {
  const more = (/** @type {number} */ at) => design.STAGGER * (at % 3);
  if (from === to) {
    const span = Math.abs(word - head) + more(Math.min(word, head));
    return [span, span];
  }
  const far = from < to ? rows[from][1] - head : head - rows[from][0] + 1;
  const near = from < to ? word - rows[to][0] + 1 : rows[to][1] - word;
  return [far + more(head), near + more(word) + 0.5];
}

/** @param {number} words Between the ends. @param {number} most */
export function arcHeight(words, most) {
  const left = 1 - Math.min(words - 1, FARTHEST - 1) / (FARTHEST - 1);
  return LEAST + (most - LEAST) * (1 - left ** design.BENDS);
}

/**
 * @param {Placed} placed
 * @param {{ word: number, head: number }} link
 * @param {boolean} up
 * @returns {Piece[]} One, or where a break lies between two: out to the margin, and in from it.
 */
export function piecesOf({ boxes, rows, most, tops, margins, rtl }, { word, head }, up) {
  const to = boxes[word];
  const side = up ? -1 : 1;
  const baseOf = (/** @type {Box} */ box) => (up ? box.y - 1 : box.y + LINE + TAG + 1);
  if (head < 0) {
    const only = { x0: to.middle, x1: to.middle, y: baseOf(to), rise: side * tops[to.row] };
    return [{ ...only, starts: false, ends: true }];
  }
  const from = boxes[head];
  const [far, near] = spansOf(rows, word, head, from.row, to.row);
  const rise = (/** @type {number} */ words) => side * arcHeight(words, most);
  const leave = (/** @type {number} */ x) =>
    from.middle + Math.sign(x - from.middle) * Math.min(ASIDE, from.width / 4);
  if (from.row === to.row) {
    const ends = { x0: leave(to.middle), x1: to.middle, y: baseOf(to) };
    return [{ ...ends, rise: rise(far), starts: true, ends: true }];
  }
  const onward = from.row < to.row;
  const [start, end] = rtl ? [margins[1], margins[0]] : margins;
  const [out, back] = onward ? [end, start] : [start, end];
  const first = { x0: leave(out), x1: out, y: baseOf(from), rise: rise(far) };
  const second = { x0: back, x1: to.middle, y: baseOf(to), rise: rise(near) };
  return [
    { ...first, starts: true, ends: false },
    { ...second, starts: false, ends: true },
  ];
}

/** @param {Piece} piece @returns {[number, number]} Where the flat top begins and ends. */
function flatOf({ x0, x1, rise, starts, ends }) {
  const across = Math.abs(x1 - x0);
  const bend = Math.min(starts && ends ? across / 2 : across, design.REACH * Math.abs(rise));
  const turned = Math.sign(x1 - x0) * bend;
  return [starts ? x0 + turned : x0, ends ? x1 - turned : x1];
}

/** @param {Piece} piece @returns {[number, number][]} A flat-topped half ellipse, down to its arrow. */
export function pointsOf(piece) {
  const { x0, x1, y, rise, starts, ends } = piece;
  const [flat0, flat1] = flatOf(piece);
  const foot = y + Math.sign(rise) * ARROW;
  /** @type {[number, number][]} */
  const points = [];
  for (let k = 0; starts && k < STEPS; k++) {
    const turn = (k / STEPS) * (Math.PI / 2);
    points.push([x0 + (flat0 - x0) * (1 - Math.cos(turn)), y + rise * Math.sin(turn)]);
  }
  points.push([flat0, y + rise], [flat1, y + rise]);
  for (let k = 1; ends && k <= STEPS; k++) {
    const turn = (k / STEPS) * (Math.PI / 2);
    const down = (y + rise - foot) * Math.cos(turn);
    points.push([flat1 + (x1 - flat1) * Math.sin(turn), foot + down]);
  }
  return points;
}

/** @param {Piece} piece @param {number} [share] @returns {[number, number]} On the flat top. */
export function onTop(piece, share = 0.5) {
  const [from, to] = flatOf(piece);
  return [from + (to - from) * share, piece.y + piece.rise];
}

/**
 * Places each relation on its arc's flat top, the shortest arcs first. One that has no free place is
 * shown when its arc is pointed at.
 *
 * @param {{ word: number, text: string, width: number, piece: Piece }[]} wanted
 * @param {Piece[]} pieces All arcs that stand above.
 * @returns {Label[]}
 */
export function placeRelations(wanted, pieces) {
  const lines = pieces.map((piece) => ({ piece, points: pointsOf(piece), flat: flatOf(piece) }));
  /** @type {Label[]} */
  const labels = [];
  const length = (/** @type {Piece} */ { x0, x1 }) => Math.abs(x1 - x0);
  for (const { word, text, width, piece } of [...wanted].sort(
    (a, b) => length(a.piece) - length(b.piece),
  )) {
    const half = width / 2 + design.PAD;
    const isFree = (/** @type {number} */ x, /** @type {number} */ y) =>
      labels.every(
        (one) => !one.free || apart(one.x, x, one.width / 2 + half) || apart(one.y, y, 2 * HALF),
      ) && lines.every((line) => line.piece === piece || misses(line, x, y, half));
    const fits = !length(piece) || 2 * half <= length(piece);
    const places = design.PLACES.map((share) => onTop(piece, share));
    const free = fits ? places.find(([x, y]) => isFree(x, y)) : undefined;
    const [x, y] = free ?? places[0];
    labels.push({ word, text, x, y, width, free: free !== undefined });
  }
  return labels;
}

/** @param {number} one @param {number} other @param {number} by */
const apart = (one, other, by) => Math.abs(one - other) >= by;

/**
 * @param {{ piece: Piece, points: [number, number][], flat: [number, number] }} line
 * @param {number} x
 * @param {number} y
 * @param {number} half Width of a label.
 * @returns {boolean} Whether a line passes a label by.
 */
function misses({ piece, points, flat }, x, y, half) {
  const beside = Math.min(...flat) >= x + half || Math.max(...flat) <= x - half;
  if (!apart(piece.y + piece.rise, y, HALF) && !beside) return false;
  return points.every(([px, py]) => apart(px, x, half) || apart(py, y, HALF));
}
