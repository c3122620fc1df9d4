/**
 * One layer as it is shown: subwords merged to words, special tokens and sentences filtered.
 *
 * @typedef {import("./types.js").Axis} Axis
 * @typedef {import("./types.js").FigureData} FigureData
 * @typedef {import("./scale.js").Scale} Scale
 * @typedef {object} Text One of `data.texts`.
 * @property {string[]} tokens
 * @property {number[] | null} word_ids
 * @property {string[] | null} words
 * @property {boolean[]} is_special
 * @property {number[]} segments
 * @typedef {Axis & { starts: number[], ends: number[], tokens: number }} Cut An axis that
 *   knows which tokens each of its units covers, and how many tokens there are.
 */

import { MISSING, ONE } from "../../shared/design.js";
import { scaleTo, WEIGHTS } from "./scale.js";

/**
 * @param {string} name
 * @param {Text} text
 * @param {{ words: boolean, hideSpecial: boolean, segment: number | null }} wish
 * @returns {Cut}
 */
export function cutAxis(name, text, { words, hideSpecial, segment }) {
  const { tokens, is_special: special, segments, word_ids: ids } = text;
  const units = words ? wordUnits(text) : tokens.map((_, token) => [token, token + 1]);
  const unit = [...units.keys()].filter((one) => {
    const [start] = units[one];
    return !(hideSpecial && special[start]) && (segment === null || segments[start] === segment);
  });
  const starts = unit.map((one) => units[one][0]);
  const ends = unit.map((one) => units[one][1]);
  return {
    name,
    size: unit.length,
    tokens: tokens.length,
    labels: starts.map((start, i) => label(text, start, ends[i])),
    special: starts.map((start) => special[start]),
    segment: starts.map((start) => segments[start]),
    word: Int32Array.from(starts, (start) => (words ? -1 : (ids?.[start] ?? -1))),
    unit,
    starts,
    ends,
  };
}

/**
 * @param {Text} text
 * @returns {number[][]} Start and end of each word; a token of no word stands for itself.
 */
export function wordUnits({ tokens, word_ids: ids }) {
  /** @type {number[][]} */
  const units = [];
  for (let token = 0; token < tokens.length; token++) {
    const continues = token > 0 && ids && ids[token] >= 0 && ids[token] === ids[token - 1];
    if (continues) units[units.length - 1][1] = token + 1;
    else units.push([token, token + 1]);
  }
  return units;
}

/** @param {Text} text @param {number} start @param {number} end */
function label({ tokens, word_ids: ids, words }, start, end) {
  if (end - start === 1) return tokens[start];
  return words?.[ids?.[start] ?? -1] ?? tokens.slice(start, end).join("");
}

/**
 * @param {Omit<FigureData, "rows" | "columns" | "codes" | "mass" | "peak">} about
 * @param {Uint8Array} codes `[heads, tokens, tokens]`
 * @param {Cut} rows
 * @param {Cut} columns
 * @returns {FigureData}
 */
export function makeFigureData(about, codes, rows, columns) {
  const { codes: merged, scale } = mergeCodes(codes, about.heads, rows, columns, about.scale);
  /** @type {Float64Array | null} */
  let mass = null;
  let peak = 0;
  return {
    ...about,
    scale,
    rows,
    columns,
    codes: merged,
    get peak() {
      peak ||= largestLevel(merged, scale) || ONE;
      return peak;
    },
    get mass() {
      mass ??= massByCode(merged, about.heads, about.rounded);
      return mass;
    },
  };
}

/**
 * Clark's rule: the sum over a target word's pieces, the mean over a source word's.
 *
 * @param {Uint8Array} codes `[heads, tokens, tokens]`
 * @param {number} heads
 * @param {Cut} rows
 * @param {Cut} columns
 * @param {Scale} [scale]
 * @returns {{ codes: Uint8Array, scale: Scale }} `[heads, rows, columns]`; the codes themselves where
 *   nothing changes. A word's sum may lie beyond every token's number, and its scale ends there.
 */
export function mergeCodes(codes, heads, rows, columns, scale = WEIGHTS) {
  if (rows.size === rows.tokens && columns.size === columns.tokens) return { codes, scale };
  const merged = new Float64Array(heads * rows.size * columns.size);
  const sums = new Float64Array(columns.size);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < rows.size; row++) {
      sums.fill(0);
      for (let token = rows.starts[row]; token < rows.ends[row]; token++)
        addRow(sums, codes, (head * rows.tokens + token) * columns.tokens, columns, scale.levels);
      const pieces = rows.ends[row] - rows.starts[row];
      const at = (head * rows.size + row) * columns.size;
      for (let column = 0; column < columns.size; column++)
        merged[at + column] = sums[column] / pieces;
    }
  }
  const beyond = scale.signed
    ? merged.reduce((most, level) => Math.max(most, Math.abs(level) || 0), ONE) / ONE
    : 1;
  const wider = scale.signed ? scaleTo(scale.most * beyond) : scale;
  const coded = Uint8Array.from(merged, (level) =>
    Number.isNaN(level) ? MISSING : wider.code(level / beyond),
  );
  return { codes: coded, scale: wider };
}

/** @param {Uint8Array} codes @param {Scale} scale */
function largestLevel(codes, { levels }) {
  let largest = 0;
  for (const code of codes) if (code > largest && code !== MISSING) largest = code;
  return Math.abs(levels[largest]);
}

/**
 * @param {Float64Array} sums One for each column; NaN once a piece is missing.
 * @param {Uint8Array} codes
 * @param {number} from Where the row starts.
 * @param {Cut} columns
 * @param {Float64Array} levels
 */
function addRow(sums, codes, from, { size, starts, ends }, levels) {
  for (let column = 0; column < size; column++)
    for (let token = starts[column]; token < ends[column]; token++)
      sums[column] += levels[codes[from + token]];
}

/**
 * @param {Uint8Array} codes
 * @param {number} heads
 * @param {ArrayLike<number>} rounded Share of each head's mass whose code is 0.
 * @returns {Float64Array} `[heads, 256]`
 */
export function massByCode(codes, heads, rounded) {
  const mass = new Float64Array(heads * 256);
  const cells = codes.length / heads;
  const counts = new Uint32Array(256);
  for (let head = 0; head < heads; head++) {
    counts.fill(0);
    for (let at = head * cells; at < (head + 1) * cells; at++) counts[codes[at]]++;
    let shown = 0;
    for (let code = 1; code < MISSING; code++) {
      mass[head * 256 + code] = (counts[code] * code) / ONE;
      shown += mass[head * 256 + code];
    }
    const lost = Math.min(0.99, rounded[head] || 0);
    mass[head * 256] = (shown * lost) / (1 - lost);
  }
  return mass;
}

/**
 * @param {number} threshold
 * @returns {number} The smallest code that is drawn: one that rounds to zero never is.
 */
export function minCode(threshold) {
  return Math.max(1, Math.ceil(threshold * ONE - 1e-9));
}

/**
 * @param {Pick<FigureData, "mass">} data
 * @param {number[]} heads
 * @param {number} threshold
 * @returns {number} Share of these heads' weight that is not drawn.
 */
export function hiddenShare(data, heads, threshold) {
  const least = minCode(threshold);
  let hidden = 0;
  let all = 0;
  for (const head of heads)
    for (let code = 0; code < MISSING; code++) {
      const here = data.mass[head * 256 + code];
      all += here;
      if (code < least) hidden += here;
    }
  return all ? hidden / all : 0;
}
