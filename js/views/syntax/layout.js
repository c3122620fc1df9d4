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

const { ASIDE, ARROW, BETWEEN, FARTHEST, GAP, HALF, LEAST, LINE, MARGIN, MOST, STEPS, TAG } =
  design;

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
  const most = clamp((height / rows.length - line) / 2 - HALF - 2, MOST.least, MOST.most);
  const zone = Math.ceil(arcHeight(span, most) + 2 * design.STAGGER + HALF + 2);
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
  rows.forEach(([start, end], row) => {
    const y = zone + row * (2 * zone + line);
    let x = left;
    for (let word = start; word < end; word++) {
      const own = Math.min(widths[word], room);
      const at = rtl ? 2 * left + block - x - own : x;
      boxes.push({ x: at, y, width: own, middle: at + own / 2, row });
      x += own + lengths[row].gap;
    }
  });
  return {
    ...{ boxes, rows, most, zone, rtl },
    margins: [left - MARGIN, left + block + MARGIN],
    height: rows.length * (2 * zone + line) - BETWEEN,
  };
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
export function piecesOf({ boxes, rows, most, margins, rtl }, { word, head }, up) {
  const to = boxes[word];
  const side = up ? -1 : 1;
  const baseOf = (/** @type {Box} */ box) => (up ? box.y - 1 : box.y + LINE + TAG + 1);
  const rise = (/** @type {number} */ words, /** @type {number} */ at) =>
    side * (arcHeight(words, most) + design.STAGGER * (at % 3));
  if (head < 0) {
    const only = { x0: to.middle, x1: to.middle, y: baseOf(to), rise: side * LEAST };
    return [{ ...only, starts: false, ends: true }];
  }
  const from = boxes[head];
  const leave = (/** @type {number} */ x) =>
    from.middle + Math.sign(x - from.middle) * Math.min(ASIDE, from.width / 4);
  if (from.row === to.row) {
    const ends = { x0: leave(to.middle), x1: to.middle, y: baseOf(to) };
    const height = rise(Math.abs(word - head), Math.min(word, head));
    return [{ ...ends, rise: height, starts: true, ends: true }];
  }
  const onward = from.row < to.row;
  const [start, end] = rtl ? [margins[1], margins[0]] : margins;
  const [out, back] = onward ? [end, start] : [start, end];
  const before = rows[from.row];
  const after = rows[to.row];
  const far = onward ? before[1] - head : head - before[0] + 1;
  const near = onward ? word - after[0] + 1 : after[1] - word;
  const first = { x0: leave(out), x1: out, y: baseOf(from), rise: rise(far, head) };
  const second = { x0: back, x1: to.middle, y: baseOf(to), rise: rise(near, word) };
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
export function placeLabels(wanted, pieces) {
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
    const fits = piece.rise === -LEAST || 2 * half <= length(piece);
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
