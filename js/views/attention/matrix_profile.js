/** The largest weights of one row or one column, as bars with numbers. */
import { element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { weightText } from "../../shared/text.js";
import { barList } from "./bars.js";
import { signColour } from "./scale.js";

/** @typedef {import("./head_mean.js").MeanMap} MeanMap */
/** @typedef {import("./types.js").Axis} Axis */

const NAME = 90;
const NUMBER = 44;

/**
 * @param {number} width
 * @param {number} count How many weights have a bar of their own.
 */
export function profilePanel(width, count) {
  const node = element("div", "bvp-profile");
  const title = element("div", "bvp-title");
  const baseline = element("div", "bvp-baseline");
  const bars = barList(Math.min(150, width - NAME - NUMBER));
  node.append(title, bars.list, baseline);

  /**
   * @param {import("../../shared/pieces.js").Piece[]} heading
   * @param {Float64Array} weights
   * @param {Axis} axis Names of the weights.
   * @param {number | undefined} strong Which weight is pointed at.
   * @param {number} even
   * @param {import("../../shared/theme.js").Theme} theme
   * @param {import("./scale.js").Scale} scale
   */
  function show(heading, weights, axis, strong, even, theme, scale) {
    setPieces(title, heading);
    const order = largestFirst(weights);
    const shown = order.slice(0, count).map((at) => ({
      name: axis.labels[at],
      value: Math.abs(weights[at]) / scale.most,
      text: scale.text(weights[at]),
      strong: at === strong,
      colour: scale.signed ? signColour(theme, weights[at]) : undefined,
    }));
    const others = order.slice(count);
    const rest = others.reduce((sum, at) => sum + weights[at], 0);
    const last = {
      name: `${others.length} others`,
      value: Math.min(1, Math.abs(rest) / scale.most),
      rest: true,
    };
    bars.fill(others.length ? [...shown, { ...last, text: scale.text(rest) }] : shown, theme);
    baseline.textContent = scale.signed ? "" : `an even spread: ${weightText(even)}`;
  }

  return { node, show };
}

/**
 * @param {MeanMap} map
 * @param {number} row
 * @returns {Float64Array} Missing weights are NaN.
 */
export function rowOf(map, row) {
  return Float64Array.from({ length: map.columns }, (_, column) => map.at(row, column));
}

/** @param {MeanMap} map @param {number} column */
export function columnOf(map, column) {
  return Float64Array.from({ length: map.rows }, (_, row) => map.at(row, column));
}

/**
 * @param {Float64Array} weights
 * @param {number} at
 * @returns {number} 1 for the largest.
 */
export function rankOf(weights, at) {
  return weights.reduce((rank, weight) => rank + (weight > weights[at] ? 1 : 0), 1);
}

/** @param {Float64Array} weights */
function largestFirst(weights) {
  return [...weights.keys()]
    .filter((at) => !Number.isNaN(weights[at]))
    .sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]));
}
