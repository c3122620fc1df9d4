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

const SINGLE = { line: 26, gap: 180, margin: 5 };
const BAND = { line: 24, tallest: 104, lowest: 46, between: 18 };
const [LEAST_GAP, MOST_GAP, BAND_GAP] = [7, 44, 36];
const COLUMN = { row: 19, most: 28, room: 210, left: 0.34, right: 0.36 };

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
    const gap = clamp(height - 2 * (SINGLE.line + SINGLE.margin), 60, SINGLE.gap);
    const wish = Math.max(...[source, target].map(loosely)) * 1.12;
    const room = { width, wish: Math.min(width - 8, wish), most: MOST_GAP, centred: true };
    sheet.source = putLine(source, 0, source.words.length, room);
    sheet.target = putLine(target, 0, target.words.length, room);
    setLines(sheet, bands[0], SINGLE.margin, SINGLE.line, gap);
    sheet.height = 2 * (SINGLE.line + SINGLE.margin) + gap;
    return sheet;
  }
  const room = { width, wish: width - 8, most: BAND_GAP, centred: false };
  for (const [i, i1, j, j1] of bands) {
    sheet.source.push(...putLine(source, i, i1, room));
    sheet.target.push(...putLine(target, j, j1, room));
  }
  const gaps = bands.map((band) => tangle(sheet, band, links));
  const rest = height - bands.length * 2 * BAND.line - (bands.length - 1) * BAND.between;
  const wished = gaps.reduce((sum, gap) => sum + gap, 0);
  const squeeze = Math.min(1, rest / wished);
  let y = 0;
  bands.forEach((band, k) => {
    const gap = Math.max(BAND.lowest, Math.floor(gaps[k] * squeeze));
    setLines(sheet, band, y, BAND.line, gap);
    y += 2 * BAND.line + gap + BAND.between;
  });
  sheet.height = y - BAND.between;
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
 * @returns {number} How high the links of a band want to be: the further they run, the higher.
 */
function tangle(sheet, [i, i1, j, j1], links) {
  let widest = 0;
  for (const [source, target] of links)
    if (source >= i && source < i1 && target >= j && target < j1)
      widest = Math.max(widest, Math.abs(sheet.source[source].endX - sheet.target[target].endX));
  return clamp(44 + 0.085 * widest, 52, BAND.tallest);
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
  const row = clamp(height / longest, COLUMN.row, COLUMN.most);
  const left = columnWidth(source, width * COLUMN.left);
  const right = columnWidth(target, width * COLUMN.right);
  const whole = Math.min(width, left + right + COLUMN.room);
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
