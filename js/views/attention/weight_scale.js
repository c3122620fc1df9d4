/** The key to the colours of weights. */
import { size } from "../../shared/canvas.js";
import { ONE, SCALE_TICKS } from "../../shared/design.js";
import { element } from "../../shared/dom.js";
import { weightText } from "../../shared/text.js";
import { css } from "../../shared/theme.js";
import { PAIR_WORDS } from "./design.js";

const LENGTH = 150;
const BREADTH = 9;

/**
 * @param {import("../../shared/theme.js").Theme} theme
 * @param {object} [options]
 * @param {boolean} [options.upright]
 * @param {number} [options.even] Is marked by a line.
 * @param {string} [options.name]
 * @param {number} [options.most] What the ramp ends at: it is linear then, not in √weight.
 * @returns {HTMLElement}
 */
export function weightScale(theme, { upright = false, even, name = "weight", most = 0 } = {}) {
  const scale = element("div", `bvp-scale bvp-fine${upright ? " bvp-upright" : ""}`);
  scale.setAttribute("role", "img");
  scale.setAttribute("aria-label", "Colour scale of weights, 0 to 1, square root");
  scale.append(ramp(theme, upright));
  const at = (/** @type {number} */ value) =>
    `${LENGTH * (most ? Math.min(1, value / most) : Math.sqrt(value))}px`;
  for (const value of most ? [0, most / 2, most] : SCALE_TICKS) {
    const tick = element("span", "", String(+value.toPrecision(2)).replace(/^0\./, "."));
    tick.style[upright ? "bottom" : "left"] = at(value);
    scale.append(tick);
  }
  scale.append(element("em", "", even ? `${name}; ${PAIR_WORDS.even}, ${weightText(even)}` : name));
  if (even) {
    const mark = element("i");
    mark.style.left = at(even);
    scale.append(mark);
  }
  return scale;
}

/** @param {import("../../shared/theme.js").Theme} theme @param {boolean} upright */
function ramp(theme, upright) {
  const canvas = element("canvas");
  const [width, height] = upright ? [BREADTH, LENGTH] : [LENGTH, BREADTH];
  const context = size(canvas, width, height);
  const gradient = upright
    ? context.createLinearGradient(0, LENGTH, 0, 0)
    : context.createLinearGradient(0, 0, LENGTH, 0);
  for (let stop = 0; stop <= 1; stop += 1 / 16) {
    gradient.addColorStop(stop, css(theme.rampRgb[Math.round(ONE * stop * stop)]));
  }
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = css(theme.hair);
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  return canvas;
}
