/**
 * Where the words stand: two lines, bands of two lines, or two columns.
 *
 * @typedef {import("./bands.js").Band} Band
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Sheet} Sheet
 * @typedef {import("./types.js").Side} Side
 * @typedef {object} Text
 * @property {string[]} words
 * @property {number[]} widths With their padding.
 * @property {boolean} rtl
 */

import { clamp } from "../../shared/dom.js";
import { cutBands } from "./bands.js";

/** Links end so far from a word. */
const END = 3;

/** Of two lines, then of bands: a line, the gap at least and at most; around them, between them. */
const [LINE, LOWEST, TALLEST, MARGIN] = [26, 96, 180, 5];
const [BAND_LINE, BAND_LOWEST, BAND_TALLEST, BETWEEN] = [24, 46, 104, 18];
const [LEAST_GAP, MOST_GAP, BAND_GAP] = [7, 44, 36];
/** Of two columns: rows, the gap, and each column's part of the width at most. */
const [ROW, MOST_ROW, ROOM, LEFT, RIGHT] = [19, 28, 210, 0.34, 0.36];

/**
 * @param {Text} source
 * @param {Text} target
 * @param {[number, number][]} links Those that decide the cuts.
 * @param {number} width
 * @param {number} height What there is room for; a long text takes more, and scrolls.
 * @returns {Sheet}
 */
export function layLines(source, target, links, width, height) {
  const bands = cutBands(source, target, links, width - 8);
  /** @type {Sheet} */
  const sheet = { source: [], target: [], width, height, upright: false, bands: bands.length };
  if (bands.length === 1) {
    const wish = Math.min(width - 8, Math.max(loosely(source), loosely(target)) * 1.12);
    const room = { width, wish, most: MOST_GAP, centred: true };
    sheet.source = putLine(source, 0, source.words.length, room);
    sheet.target = putLine(target, 0, target.words.length, room);
    // Where no link is known yet, some will run along half the line.
    const far = links.length ? widest(sheet, bands[0], links) : 0.5 * wish;
    const lines = 2 * (LINE + MARGIN);
    const gap = Math.round(clamp(84 + 0.2 * far, LOWEST, TALLEST));
    sheet.height = lines + clamp(height - lines, 60, gap);
    setLines(sheet, bands[0], MARGIN, LINE, sheet.height - lines);
    return sheet;
  }
  const room = { width, wish: width - 8, most: BAND_GAP, centred: false };
  for (const [i, i1, j, j1] of bands) {
    sheet.source.push(...putLine(source, i, i1, room));
    sheet.target.push(...putLine(target, j, j1, room));
  }
  const gaps = bands.map((band) =>
    clamp(44 + 0.085 * widest(sheet, band, links), 52, BAND_TALLEST),
  );
  const rest = height - bands.length * 2 * BAND_LINE - (bands.length - 1) * BETWEEN;
  const wished = gaps.reduce((sum, gap) => sum + gap, 0);
  const squeeze = Math.min(1, rest / wished);
  let y = 0;
  bands.forEach((band, k) => {
    const gap = Math.max(BAND_LOWEST, Math.floor(gaps[k] * squeeze));
    setLines(sheet, band, y, BAND_LINE, gap);
    y += 2 * BAND_LINE + gap + BETWEEN;
  });
  sheet.height = y - BETWEEN;
  return sheet;
}

/** @param {Text} text */
function loosely({ widths }) {
  return widths.reduce((sum, width) => sum + width + 18, -18);
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
  const gap = own.length > 1 ? clamp((wish - bare) / (own.length - 1), LEAST_GAP, most) : 0;
  const length = bare + gap * (own.length - 1);
  let x = centred ? (width - length) / 2 : 0;
  return own.map((one) => {
    const left = rtl ? width - x - one : x;
    x += one + gap;
    return { x: left, y: 0, width: one, height: 0, endX: left + one / 2, endY: 0 };
  });
}

/**
 * @param {Sheet} sheet
 * @param {Band} band
 * @param {number} y
 * @param {number} line
 * @param {number} gap
 */
function setLines(sheet, [i, i1, j, j1], y, line, gap) {
  const below = y + line + gap;
  for (const box of sheet.source.slice(i, i1))
    Object.assign(box, { y, height: line, endY: y + line + END });
  for (const box of sheet.target.slice(j, j1))
    Object.assign(box, { y: below, height: line, endY: below - END });
}

/**
 * @param {Sheet} sheet
 * @param {Band} band
 * @param {[number, number][]} links
 * @returns {number} How far aside its links run: the further, the higher they want to be.
 */
function widest(sheet, [i, i1, j, j1], links) {
  let most = 0;
  for (const [source, target] of links)
    if (source >= i && source < i1 && target >= j && target < j1)
      most = Math.max(most, Math.abs(sheet.source[source].endX - sheet.target[target].endX));
  return most;
}

/**
 * @param {Text} source
 * @param {Text} target
 * @param {number} width
 * @param {number} height
 * @returns {Sheet}
 */
export function layColumns(source, target, width, height) {
  const longest = Math.max(source.words.length, target.words.length, 1);
  const row = clamp(height / longest, ROW, MOST_ROW);
  const left = columnWidth(source, width * LEFT);
  const right = columnWidth(target, width * RIGHT);
  const whole = Math.min(width, left + right + ROOM);
  const margin = (width - whole) / 2;
  const tall = longest * row;
  /**
   * @param {Text} text
   * @param {boolean} first
   * @returns {Box[]}
   */
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

/**
 * @param {Text} text
 * @param {number} most
 */
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
