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
 * @returns {HTMLElement}
 */
export function weightScale(theme, { upright = false, even } = {}) {
  const scale = element("div", `bvp-scale bvp-fine${upright ? " bvp-upright" : ""}`);
  scale.setAttribute("role", "img");
  scale.setAttribute("aria-label", "Colour scale of weights, 0 to 1, square root");
  scale.append(ramp(theme, upright));
  for (const weight of SCALE_TICKS) {
    const tick = element("span", "", String(weight).replace(/^0\./, "."));
    tick.style[upright ? "bottom" : "left"] = `${Math.sqrt(weight) * LENGTH}px`;
    scale.append(tick);
  }
  scale.append(
    element("em", "", even ? `weight; ${PAIR_WORDS.even}, ${weightText(even)}` : "weight"),
  );
  if (even) {
    const mark = element("i");
    mark.style.left = `${Math.sqrt(even) * LENGTH}px`;
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
