/** Strokes of the neuron view: signed bars of dimensions, scores, weights. */
import { PALEST_BAR } from "../../shared/design.js";
import { weightText } from "../../shared/text.js";
import { css } from "../../shared/theme.js";
import { NUMBER } from "./design.js";
import { curve } from "./heads_links.js";

/**
 * @typedef {object} Strip
 * @property {number} x
 * @property {number} width
 * @property {number} middle Where zero is.
 * @property {number} reach The value that is `tall`.
 * @property {number} tall
 */

/**
 * Orange upward for positive values, blue downward for negative ones.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} values
 * @param {Strip} strip
 * @param {import("../../shared/theme.js").Theme} theme
 */
export function paintStrip(context, values, { x, width, middle, reach, tall }, theme) {
  const step = width / values.length;
  const bar = step >= 3 ? step - 1 : step;
  for (const sign of [1, -1]) {
    context.fillStyle = css(sign > 0 ? theme.positive : theme.negative);
    context.beginPath();
    for (let d = 0; d < values.length; d++) {
      if (values[d] * sign <= 0) continue;
      const length = Math.min(1, Math.abs(values[d]) / reach) * tall;
      context.rect(x + d * step, sign > 0 ? middle - length : middle, bar, length);
    }
    context.fill();
  }
  context.fillStyle = css(theme.hair);
  context.fillRect(x, middle - 0.5, width, 1);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./neuron_layout.js").NeuronLayout} place
 * @param {number} y Top of the row.
 * @param {{ score: number, reach: number, weight: number, code: number, masked: boolean }} key
 * @param {import("../../shared/theme.js").Theme} theme
 */
export function paintNumbers(context, place, y, { score, reach, weight, code, masked }, theme) {
  const middle = y + place.row / 2;
  const half = place.scoreBar / 2;
  const length = (score / reach) * half;
  context.fillStyle = css(score < 0 ? theme.negative : theme.positive, masked ? 0.3 : 1);
  if (half) {
    context.fillRect(place.score + half + Math.min(0, length), middle - 5, Math.abs(length), 10);
  }
  context.fillStyle = css(masked ? theme.soft : theme.ink);
  context.textAlign = "right";
  context.fillText(signed(score), place.score + place.scoreBar + NUMBER, middle);
  context.textAlign = "left";
  const bar = Math.max(1, (weight || 0) * place.weightBar);
  context.fillStyle = css(theme.rampRgb[Math.max(PALEST_BAR, code)]);
  if (!masked) context.fillRect(place.weight, middle - 5, bar, 10);
  context.fillStyle = css(weight >= 0.05 && !masked ? theme.ink : theme.soft);
  const text = masked ? "masked" : weightText(weight);
  context.fillText(text, place.weight + (masked ? 0 : bar) + 5, middle);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./neuron_layout.js").NeuronLayout} place
 * @param {number} from Height at which the query stands.
 * @param {number} to
 * @param {string} colour
 */
export function paintLink(context, place, from, to, colour) {
  const [x0, x1] = [place.link + 2, place.key - 3];
  context.strokeStyle = colour;
  context.beginPath();
  curve(context, x0, from, x1, to);
  context.stroke();
}

/** @param {number} value */
export function signed(value) {
  return value.toFixed(2).replace("-", "−");
}
