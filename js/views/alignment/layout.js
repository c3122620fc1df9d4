/**
 * Places the words: two lines, bands of two lines, or two columns.
 *
 * @typedef {import("./bands.js").Band} Band
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").PlacedWords} PlacedWords
 * @typedef {import("./types.js").Side} Side
 * @typedef {object} Text
 * @property {string[]} words
 * @property {number[]} widths With their padding.
 * @property {boolean} rtl
 */

import { clamp } from "../../shared/dom.js";
import { cutBands } from "./bands.js";
import {
  BAND_GAP,
  BAND_LINE,
  BAND_WISH,
  BAND_WORD_GAP,
  BETWEEN,
  COLUMN_ROW,
  END,
  GAP,
  LEFT,
  LINE,
  LOOSE,
  MARGIN,
  RIGHT,
  ROOM,
  WISH,
  WORD_GAP,
} from "./design.js";

/**
 * @param {Text} source
 * @param {Text} target
 * @param {[number, number][]} links Those that decide the cuts.
 * @param {number} width
 * @param {number} height What there is room for; a long text takes more, and scrolls.
 * @returns {PlacedWords}
 */
export function layLines(source, target, links, width, height) {
  const bands = cutBands(source, target, links, width - 8);
  /** @type {PlacedWords} */
  const placed = { source: [], target: [], width, height, upright: false, bands: bands.length };
  if (bands.length === 1) {
    const wish = Math.min(width - 8, Math.max(loosely(source), loosely(target)) * LOOSE.times);
    const room = { width, wish, most: WORD_GAP.most, centred: true };
    placed.source = putLine(source, 0, source.words.length, room);
    placed.target = putLine(target, 0, target.words.length, room);
    // Before links are known: some will run along half the line.
    const far = links.length ? widest(placed, bands[0], links) : WISH.far * wish;
    const lines = 2 * (LINE + MARGIN);
    const gap = Math.round(clamp(WISH.base + WISH.by * far, GAP.least, GAP.most));
    placed.height = lines + clamp(height - lines, WISH.least, gap);
    setLines(placed, bands[0], MARGIN, LINE, placed.height - lines);
    return placed;
  }
  const room = { width, wish: width - 8, most: BAND_WORD_GAP, centred: false };
  for (const [i, i1, j, j1] of bands) {
    placed.source.push(...putLine(source, i, i1, room));
    placed.target.push(...putLine(target, j, j1, room));
  }
  const gaps = bands.map((band) =>
    clamp(
      BAND_WISH.base + BAND_WISH.by * widest(placed, band, links),
      BAND_WISH.least,
      BAND_GAP.most,
    ),
  );
  const rest = height - bands.length * 2 * BAND_LINE - (bands.length - 1) * BETWEEN;
  const wished = gaps.reduce((sum, gap) => sum + gap, 0);
  const squeeze = Math.min(1, rest / wished);
  let y = 0;
  bands.forEach((band, k) => {
    const gap = Math.max(BAND_GAP.least, Math.floor(gaps[k] * squeeze));
    setLines(placed, band, y, BAND_LINE, gap);
    y += 2 * BAND_LINE + gap + BETWEEN;
  });
  placed.height = y - BETWEEN;
  return placed;
}

/** @param {Text} text */
function loosely({ widths }) {
  return widths.reduce((sum, width) => sum + width + LOOSE.gap, -LOOSE.gap);
}

/**
 * @param {Text} text
 * @param {number} from
 * @param {number} to
 * @param {{ width: number, wish: number, most: number, centred: boolean }} room
 * @returns {Box[]}
 */
function putLine({ widths, rtl }, from, to, { width, wish, most, centred }) {
  const own = widths.slice(from, to);
  const bare = own.reduce((sum, one) => sum + one, 0);
  const gap = own.length > 1 ? clamp((wish - bare) / (own.length - 1), WORD_GAP.least, most) : 0;
  const length = bare + gap * (own.length - 1);
  let x = centred ? (width - length) / 2 : 0;
  return own.map((one) => {
    const left = rtl ? width - x - one : x;
    x += one + gap;
    return { x: left, y: 0, width: one, height: 0, endX: left + one / 2, endY: 0 };
  });
}

/**
 * @param {PlacedWords} placed
 * @param {Band} band
 * @param {number} y
 * @param {number} line
 * @param {number} gap
 */
function setLines(placed, [i, i1, j, j1], y, line, gap) {
  const below = y + line + gap;
  for (const box of placed.source.slice(i, i1))
    Object.assign(box, { y, height: line, endY: y + line + END });
  for (const box of placed.target.slice(j, j1))
    Object.assign(box, { y: below, height: line, endY: below - END });
}

/**
 * @param {PlacedWords} placed
 * @param {Band} band
 * @param {[number, number][]} links
 * @returns {number} Horizontal reach of its links: wide links need a high band.
 */
function widest(placed, [i, i1, j, j1], links) {
  let most = 0;
  for (const [source, target] of links)
    if (source >= i && source < i1 && target >= j && target < j1)
      most = Math.max(most, Math.abs(placed.source[source].endX - placed.target[target].endX));
  return most;
}

/**
 * @param {Text} source
 * @param {Text} target
 * @param {number} width
 * @param {number} height
 * @returns {PlacedWords}
 */
export function layColumns(source, target, width, height) {
  const longest = Math.max(source.words.length, target.words.length, 1);
  const row = clamp(height / longest, COLUMN_ROW.least, COLUMN_ROW.most);
  const left = columnWidth(source, width * LEFT);
  const right = columnWidth(target, width * RIGHT);
  const whole = Math.min(width, left + right + ROOM);
  const margin = (width - whole) / 2;
  const tall = longest * row;
  /** @param {Text} text @param {boolean} first @returns {Box[]} */
  const put = ({ words, widths }, first) => {
    const step = words.length > 1 ? Math.min((tall - row) / (words.length - 1), row * 1.6) : 0;
    const top = (tall - row - step * (words.length - 1)) / 2;
    return words.map((_, k) => {
      const own = Math.min(widths[k], first ? left : right);
      const x = first ? margin + left - own : margin + whole - right;
      const y = top + k * step;
      const endX = first ? margin + left + END : x - END;
      return { x, y, width: own, height: row, endX, endY: y + row / 2 };
    });
  };
  return {
    source: put(source, true),
    target: put(target, false),
    width,
    height: Math.ceil(tall),
    upright: true,
    bands: 1,
  };
}

/** @param {Text} text @param {number} most */
function columnWidth({ widths }, most) {
  return Math.min(Math.max(12, ...widths), most);
}

/**
 * @param {Box} source
 * @param {Box} target
 * @param {boolean} upright
 * @returns {{ x0: number, y0: number, x1: number, y1: number }} Where their link starts and ends: a
 *   target in a band above is reached from below.
 */
export function endsOf(source, target, upright) {
  const up = !upright && target.y < source.y;
  return {
    x0: source.endX,
    y0: up ? source.y - END : source.endY,
    x1: target.endX,
    y1: up ? target.y + target.height + END : target.endY,
  };
}
