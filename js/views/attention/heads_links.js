/**
 * Links between the two columns. At rest one a pair of tokens: grey where several heads agree,
 * coloured where one leads. In focus one strand a head.
 *
 * @typedef {import("./types.js").FigureData} FigureData
 * @typedef {import("../../shared/theme.js").Theme} Theme
 * @typedef {import("../../shared/theme.js").RGB} RGB
 * @typedef {import("./heads_layout.js").Layout} Layout
 * @typedef {import("./heads_weights.js").Focus} Focus
 *
 * @typedef {object} Scene The input of a drawing.
 * @property {FigureData} data
 * @property {Layout} layout
 * @property {Theme} theme
 * @property {number[]} heads Those that are on.
 * @property {number} threshold
 * @property {"mean" | "sum"} combine
 * @property {number} scrolled
 */

import { pen, pixelRatio } from "../../shared/canvas.js";
import { MISSING, ONE } from "../../shared/design.js";
import { css, mix } from "../../shared/theme.js";
import {
  BEND,
  BESIDE_STRIPS,
  COLOURED_FROM,
  HALF,
  LEVELS,
  LINK_WIDTH,
  LINKS_A_ROW,
  NEUTRAL,
  SPECIAL_FADE,
  STRAND,
  STRAND_FROM,
  STRONGEST,
  THIN_LEVELS,
  TINTED_FROM,
} from "./design.js";
import { minCode } from "./figure_data.js";
import { seenAt } from "./heads_layout.js";
import { pairAt } from "./heads_weights.js";

/** Neutral, then 16 heads half tinted, then 16 in full colour; then below and above zero. */
const [NEGATIVE, POSITIVE] = [33, 34];
const TINTS = 35;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 * @returns {number} How many links between tokens in view are left out.
 */
export function drawRest(canvas, scene) {
  const { layout, theme } = scene;
  const brush = pen(canvas);
  const fine = 1 / pixelRatio();
  clear(canvas);
  const right = layout.linkRight - layout.linkLeft - 1;
  const { byKey, leftOut } = restingLinks(scene);
  byKey.forEach((links, key) => {
    const [level, tint] = [Math.floor(key / TINTS), key % TINTS];
    const boost = (tint ? 1 : NEUTRAL) * (level < THIN_LEVELS && fine < 0.7 ? 1.3 : 1);
    brush.lineWidth = level < THIN_LEVELS ? fine : LINK_WIDTH;
    brush.strokeStyle = css(tintOf(theme, tint), ((STRONGEST * (level + 0.5)) / LEVELS) * boost);
    // One stroke for all that look alike, so that crossings do not add up.
    brush.beginPath();
    for (let i = 0; i < links.length; i += 2) curve(brush, 1, links[i], right, links[i + 1]);
    brush.stroke();
  });
  return leftOut;
}

/**
 * In a text that scrolls, the many weak links of each row would be a haze: the strongest stay.
 *
 * @param {Scene} scene
 * @returns {{ byKey: number[][], leftOut: number }} By level and tint, weakest first: heights of both ends
 *   of each link in view. And how many links are left out.
 */
function restingLinks({ data, layout, heads, threshold, scrolled }) {
  const { codes, rows, columns, scale } = data;
  const cells = rows.size * columns.size;
  const least = leastStrength(data, threshold);
  const strengths = strengthByCode(data);
  const exponent = steepness(heads.length);
  const fades = [1, scale.signed ? 1 : SPECIAL_FADE];
  const levels = fades.map((fade) => levelByCode(strengths, exponent, fade));
  const from = inView(layout, layout.from, scrolled);
  const to = inView(layout, layout.to, scrolled);
  /** @type {number[][]} */
  const byKey = [];
  let leftOut = 0;
  for (const [row, y0] of from) {
    /** @type {{ strength: number, special: number, column: number, key: number, y1: number }[]} */
    const own = [];
    for (const [column, y1] of to) {
      let first = 0;
      let second = 0;
      let lead = 0;
      for (const head of heads) {
        const code = codes[head * cells + row * columns.size + column];
        if (code === MISSING || code <= second) continue;
        if (code <= first) second = code;
        else {
          second = first;
          first = code;
          lead = head;
        }
      }
      if (strengths[first] < least) continue;
      const special = columns.special[column] && !scale.signed ? 1 : 0;
      const hue = scale.signed
        ? first % 2
          ? NEGATIVE
          : POSITIVE
        : tint(1 - second / first, lead, heads.length);
      const key = levels[special][first] * TINTS + hue;
      const strength = fades[special] * strengths[first] ** exponent;
      own.push({ strength, special, column, key, y1 });
    }
    if (layout.scrolls) {
      own.sort((a, b) => b.strength - a.strength || a.special - b.special || a.column - b.column);
      leftOut += own.splice(LINKS_A_ROW).length;
    }
    for (const { key, y1 } of own) {
      byKey[key] ??= [];
      byKey[key].push(y0, y1);
    }
  }
  return { byKey, leftOut };
}

/** @param {number} leadBy @param {number} head @param {number} count */
function tint(leadBy, head, count) {
  if (count === 1 || leadBy >= COLOURED_FROM) return 17 + (head % 16);
  return leadBy >= TINTED_FROM ? 1 + (head % 16) : 0;
}

/** @param {Theme} theme @param {number} tint @returns {RGB} */
function tintOf(theme, tint) {
  if (tint === 0) return theme.soft;
  if (tint >= NEGATIVE) return tint === NEGATIVE ? theme.negative : theme.positive;
  return tint < 17 ? mix(theme.soft, theme.heads[tint - 1], HALF) : theme.heads[tint - 17];
}

/**
 * The more heads are on, the more weak links there are: a steeper curve keeps them from the fog.
 *
 * @param {number} heads
 */
const steepness = (heads) => 1 + 0.5 * Math.min(1, (heads - 1) / 3);

/**
 * @param {FigureData} data
 * @returns {Float64Array} Of each code, 0 to 254: the weight; of signed numbers the size beside the layer's
 *   largest.
 */
function strengthByCode({ scale, ...data }) {
  if (!scale.signed) return scale.levels;
  return scale.levels.map((level) => Math.abs(level / data.peak) * ONE || 0);
}

/** @param {FigureData} data @param {number} threshold @returns {number} Weaker links are not drawn. */
const leastStrength = ({ scale }, threshold) => (scale.signed ? 0.5 : minCode(threshold));

/** @param {Float64Array} strengths @param {number} exponent @param {number} fade */
function levelByCode(strengths, exponent, fade) {
  return Uint8Array.from({ length: MISSING }, (_, code) =>
    Math.min(LEVELS - 1, Math.floor(LEVELS * fade * (strengths[code] / ONE) ** exponent)),
  );
}

/** @param {HTMLCanvasElement} canvas @param {Scene} scene @param {Focus} focus */
export function drawFocus(canvas, scene, focus) {
  const brush = pen(canvas);
  clear(canvas);
  const { layout, scrolled } = scene;
  const near = seenAt(layout, layout[focus.side], scrolled);
  for (const place of focus.places)
    if (!Number.isNaN(near(place))) drawCables(brush, scene, focus.side, place, near(place));
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Scene} scene
 * @param {Focus["side"]} side
 * @param {number} place
 * @param {number} y
 */
function drawCables(brush, scene, side, place, y) {
  const { data, layout, theme, heads, threshold, scrolled } = scene;
  const others = inView(layout, side === "from" ? layout.to : layout.from, scrolled);
  const at = pairAt(data, side, place);
  const least = leastStrength(data, threshold);
  const strengths = strengthByCode(data);
  const { signed } = data.scale;
  const join = joiner(brush, layout, side, y);
  const single = heads.length === 1;
  const strand = Math.round(ONE * strandFrom(scene));
  const strands = [];
  for (const [other, otherY] of others) {
    const drawn = heads.map((head) => ({
      head,
      code: data.codes[at(head, other)],
      otherY,
      aside: 0,
    }));
    const shown = drawn.filter(({ code }) => strengths[code] >= least && code !== MISSING);
    const mean = shown.reduce((sum, { code }) => sum + strengths[code], 0) / ONE / heads.length;
    brush.lineWidth = 1 / pixelRatio();
    if (mean && !single) join(otherY, 0, css(theme.soft, strength(STRAND.mean, mean)));
    const cable = shown.filter(({ code }) => single || strengths[code] >= strand);
    const step = Math.min(STRAND.pitch, (layout.row - 3) / cable.length);
    cable.forEach((one, i) => {
      one.aside = (i - (cable.length - 1) / 2) * step;
    });
    strands.push(...cable);
  }
  strands.sort((a, b) => a.code - b.code);
  for (const { head, code, otherY, aside } of strands) {
    const weight = strengths[code] / ONE;
    brush.lineWidth = STRAND.width.base + STRAND.width.by * weight;
    const hue = tintOf(theme, signed ? NEGATIVE + 1 - (code % 2) : 17 + (head % 16));
    join(otherY, aside, css(hue, strength(STRAND.opacity, weight)));
  }
}

/**
 * @param {Pick<Scene, "data">} scene
 * @returns {number} The weight from which on a head has a strand of its own, where several are on.
 */
export function strandFrom({ data }) {
  return Math.max(STRAND_FROM, 1 / data.columns.size);
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {Focus["side"]} side
 * @param {number} y Of the token in focus.
 */
function joiner(brush, layout, side, y) {
  const span = focusSpan(layout, side);
  const [left, right] = [span.left - layout.linkLeft, span.right - layout.linkLeft];
  return (
    /** @type {number} */ otherY,
    /** @type {number} */ aside,
    /** @type {string} */ style,
  ) => {
    brush.strokeStyle = style;
    brush.beginPath();
    const [near, far] = [y + aside * STRAND.near, otherY + aside];
    if (side === "from") curve(brush, left, near, right, far);
    else curve(brush, left, far, right, near);
    brush.stroke();
  };
}

/**
 * @param {Layout} layout
 * @param {Focus["side"]} [side]
 * @returns {{ left: number, right: number, strip: number }} Strips stand beside the other column,
 *   on the left in space that only the faded links at rest use.
 */
export function focusSpan(layout, side) {
  const right = layout.linkRight - 1;
  if (side !== "to") return { left: layout.linkLeft + 1, right, strip: layout.strip };
  const strip = layout.linkLeft + BESIDE_STRIPS;
  return { left: strip + layout.stripWidth + BESIDE_STRIPS, right, strip };
}

/** @param {{ base: number, by: number }} of @param {number} weight */
function strength({ base, by }, weight) {
  return base + by * weight ** STRAND.exponent;
}

/**
 * Links fan out and arrive level, so that their direction is seen.
 *
 * @param {CanvasRenderingContext2D} brush
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
export function curve(brush, x0, y0, x1, y1) {
  const across = x1 - x0;
  brush.moveTo(x0, y0);
  const [firstX, firstY] = [x0 + BEND.first_x * across, y0 + BEND.first_rise * (y1 - y0)];
  brush.bezierCurveTo(firstX, firstY, x1 - BEND.second_x * across, y1, x1, y1);
}

/**
 * @param {Layout} layout
 * @param {Layout["from"]} column
 * @param {number} scrolled
 * @returns {[number, number][]} Row and height.
 */
function inView(layout, column, scrolled) {
  const at = seenAt(layout, column, scrolled);
  /** @type {[number, number][]} */
  const seen = [];
  for (let i = 0; i < column.axis.size; i++) {
    const y = at(i);
    if (!Number.isNaN(y)) seen.push([i, y]);
  }
  return seen;
}

/** @param {HTMLCanvasElement} canvas */
export function clear(canvas) {
  pen(canvas).clearRect(0, 0, canvas.width, canvas.height);
}
