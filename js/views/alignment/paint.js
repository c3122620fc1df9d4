/**
 * Paints links. Verdicts differ by line, ends and mark, not by colour alone.
 *
 * @typedef {import("./types.js").Curve} Curve
 * @typedef {import("../../shared/theme.js").Theme} Theme
 * @typedef {import("./types.js").Verdict} Verdict
 * @typedef {CanvasRenderingContext2D} Context
 */

import { clamp } from "../../shared/dom.js";
import { css } from "../../shared/theme.js";
import {
  BEND,
  CROWD,
  CROWD_OPACITY,
  ENDS,
  EXTRA,
  HINT,
  LEAST_RISE,
  LINK_WIDTH,
  MISSED,
  OPACITY,
  RING,
  UNLINKED,
} from "./design.js";

/** From the lowest to the topmost. */
/** @type {Verdict[]} */
export const ORDER = ["hint", "unlinked", "missed", "plain", "agreed", "allowed", "extra"];

const ALL_ROUND = 2 * Math.PI;

/**
 * @param {Context} context
 * @param {Curve[]} curves
 * @param {Theme} theme
 * @param {{ upright: boolean, strong?: boolean }} how
 */
export function paintCurves(context, curves, theme, { upright, strong = false }) {
  const sorted = [...curves].sort(
    (a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || a.confidence - b.confidence,
  );
  const possible = sorted.filter(({ verdict }) => verdict === "unlinked").length;
  for (const curve of sorted) {
    const faint = curve.verdict === "unlinked" && possible > CROWD && !strong;
    const alpha = curve.alpha * (faint ? CROWD_OPACITY : 1);
    paintCurve(context, { ...curve, alpha }, theme, upright, strong);
  }
}

/**
 * @param {Context} context
 * @param {Curve} curve
 * @param {Theme} theme
 * @param {boolean} upright
 * @param {boolean} strong
 */
function paintCurve(context, curve, theme, upright, strong) {
  const { verdict, confidence, alpha } = curve;
  const weight = OPACITY.base + OPACITY.by * confidence;
  const shown = alpha * (strong ? Math.max(weight, 0.5) : weight);
  const line = (/** @type {string} */ colour, /** @type {number} */ width) => {
    context.lineWidth = width;
    context.strokeStyle = colour;
    tracePath(context, curve, upright);
    context.stroke();
  };
  context.lineCap = "butt";
  context.setLineDash([]);
  if (verdict === "missed") {
    const colour = css(strong ? theme.ink : theme.soft, alpha);
    line(colour, strong ? 5 : MISSED.width);
    line(css(theme.paper), strong ? 2.8 : MISSED.hollow);
    paintEnds(context, curve, colour, RING.radius, theme);
  } else if (verdict === "unlinked" || verdict === "hint") {
    context.lineCap = "round";
    context.setLineDash((verdict === "hint" ? HINT : UNLINKED).dash);
    line(css(theme.soft, UNLINKED.opacity * alpha), strong ? 2.2 : UNLINKED.width);
    context.setLineDash([]);
  } else if (verdict === "extra") {
    context.setLineDash(EXTRA.dash);
    const { base, by } = EXTRA.opacity;
    line(css(theme.positive, alpha * (base + by * confidence)), strong ? 2.6 : EXTRA.width);
    context.setLineDash([]);
    paintCross(context, curve, theme);
  } else {
    const colour = css(theme.link, shown);
    line(colour, strong ? 2.6 : LINK_WIDTH.base + LINK_WIDTH.by * confidence);
    if (verdict === "allowed") paintEnds(context, curve, colour, RING.radius, theme, true);
    else paintEnds(context, curve, colour, verdict === "agreed" ? ENDS.agreed : ENDS.plain, null);
  }
}

/** @param {Context} context @param {Curve} curve @param {boolean} upright */
function tracePath(context, { x0, y0, x1, y1 }, upright) {
  context.beginPath();
  context.moveTo(x0, y0);
  if (upright) {
    const bend = 0.42 * (x1 - x0);
    context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
    return;
  }
  const up = y1 < y0;
  const rise = Math.max(up ? 0 : LEAST_RISE, Math.abs(y1 - y0));
  const slant = clamp(Math.abs(x1 - x0) / rise / BEND.slant, 0, 1);
  const bend = (up ? -rise : rise) * (BEND.steep - BEND.by * slant);
  context.bezierCurveTo(x0, y0 + bend, x1, y1 - bend, x1, y1);
}

/**
 * @param {Context} context
 * @param {Curve} curve
 * @param {string} colour
 * @param {number} radius
 * @param {Theme | null} hollow Whose paper fills it.
 * @param {boolean} [middle] One more in the middle, which no other link's end covers.
 */
function paintEnds(context, { x0, y0, x1, y1 }, colour, radius, hollow, middle) {
  const places = [
    [x0, y0],
    [x1, y1],
  ];
  if (middle) places.push([(x0 + x1) / 2, (y0 + y1) / 2]);
  for (const [x, y] of places) {
    context.beginPath();
    context.arc(x, y, radius, 0, ALL_ROUND);
    context.fillStyle = hollow ? css(hollow.paper) : colour;
    context.fill();
    if (!hollow) continue;
    context.lineWidth = RING.width;
    context.strokeStyle = colour;
    context.stroke();
  }
}

/** @param {Context} context @param {Curve} curve @param {Theme} theme */
function paintCross(context, { x0, y0, x1, y1, alpha }, theme) {
  const [x, y, arm] = [(x0 + x1) / 2, (y0 + y1) / 2, EXTRA.arm];
  context.beginPath();
  context.arc(x, y, EXTRA.room, 0, ALL_ROUND);
  context.fillStyle = css(theme.paper, alpha);
  context.fill();
  context.lineWidth = EXTRA.width;
  context.strokeStyle = css(theme.positive, alpha);
  context.beginPath();
  context.moveTo(x - arm, y - arm);
  context.lineTo(x + arm, y + arm);
  context.moveTo(x + arm, y - arm);
  context.lineTo(x - arm, y + arm);
  context.stroke();
}
