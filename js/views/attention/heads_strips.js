/**
 * Beside each token, what it gets from each head: squares whose area is the weight, bars where
 * there is no room for squares. And the ruler: the whole of a long text at one glance.
 *
 * @typedef {import("./heads_links.js").Scene} Scene
 * @typedef {import("./types.js").ViewState} ViewState
 */

import { pen } from "../../shared/canvas.js";
import { ONE } from "../../shared/design.js";
import { css } from "../../shared/theme.js";
import {
  BAR_ROOM,
  FAINT,
  FAINT_OPACITY,
  RULER,
  SOLID_FROM,
  SQUARE_ROOM,
  SQUARES_FROM,
  THINNEST,
} from "./design.js";
import { seenAt } from "./heads_layout.js";
import { clear } from "./heads_links.js";
import { strongest } from "./heads_weights.js";
import { signColour } from "./scale.js";

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 * @param {object} shown
 * @param {Float32Array} shown.values `[tokens, heads]`
 * @param {"from" | "to"} shown.beside The column whose tokens the values belong to.
 */
export function drawStrips(canvas, scene, { values, beside }) {
  const brush = pen(canvas);
  clear(canvas);
  const { layout, data, theme, heads, scrolled } = scene;
  const column = layout[beside];
  const at = seenAt(layout, column, scrolled);
  const { signed } = data.scale;
  const sizes = strongest(values, data.heads, heads).weight.map(Math.abs);
  const full = Math.max(signed ? 0 : 1, ...sizes) || 1;
  const { cell, row } = layout;
  const squares = cell >= SQUARES_FROM;
  const largest = Math.min(cell - 1, row - SQUARE_ROOM);
  for (let token = 0; token < column.axis.size; token++) {
    const y = at(token);
    if (Number.isNaN(y)) continue;
    for (const head of heads) {
      const value = values[token * data.heads + head];
      const weight = Math.abs(value) / full;
      if (weight < FAINT) continue;
      const size = squares ? Math.sqrt(weight) * largest : weight * (row - BAR_ROOM);
      const high = Math.max(THINNEST, size);
      const wide = squares ? high : Math.max(1, cell - 1);
      brush.globalAlpha = size < (squares ? SOLID_FROM : THINNEST) ? FAINT_OPACITY : 1;
      brush.fillStyle = signed ? signColour(theme, value) : theme.headCss[head % 16];
      const top = squares ? y - high / 2 : y + row / 2 - 3 - high;
      brush.fillRect(head * cell + (cell - wide) / 2, top, wide, high);
    }
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 * @param {Parameters<typeof drawStrips>[2]} shown
 */
export function drawRuler(canvas, { layout, data, theme, heads, scrolled }, { values, beside }) {
  const brush = pen(canvas);
  clear(canvas);
  // A short column beside a long one stands still: there is nothing to overview.
  const long = [layout[beside], layout.from, layout.to].find((one) => one.length === layout.length);
  if (!long) return;
  const scale = layout.height / long.length;
  brush.fillStyle = css(theme.hair, 0.6);
  brush.fillRect(0, scrolled * scale, RULER, layout.height * scale);
  if (long !== layout[beside]) return;
  const { weight } = strongest(values, data.heads, heads);
  const { signed } = data.scale;
  const full = signed ? Math.max(...weight.map(Math.abs)) || 1 : 1;
  const thick = Math.max(1, Math.round(layout.row * scale) - 1);
  weight.forEach((value, token) => {
    const here = Math.abs(value) / full;
    if (here < 0.004) return;
    brush.fillStyle = signed
      ? signColour(theme, value)
      : css(theme.rampRgb[Math.round(ONE * Math.min(1, here))]);
    const wide = Math.max(1, Math.sqrt(Math.min(1, here)) * RULER);
    const y = Math.round((long.middle[token] - layout.row / 2) * scale);
    brush.fillRect(RULER - wide, y, wide, thick);
  });
}
