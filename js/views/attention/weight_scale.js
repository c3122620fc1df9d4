/** The key to the colours of weights. */
import { size } from "../../shared/canvas.js";
import { ONE, SCALE_TICKS } from "../../shared/design.js";
import { describe, element } from "../../shared/dom.js";
import { weightText } from "../../shared/text.js";
import { css } from "../../shared/theme.js";
import { PAIR_WORDS } from "./design.js";
import { inCell, WEIGHTS } from "./scale.js";

const LENGTH = 150;
const BREADTH = 9;

/**
 * @param {import("../../shared/theme.js").Theme} theme
 * @param {object} [options]
 * @param {boolean} [options.upright]
 * @param {number} [options.even] Is marked by a line.
 * @param {string} [options.name]
 * @param {import("./scale.js").Scale} [options.scale] Of signed numbers.
 * @param {number} [options.most] What the ramp ends at: it is linear then, not in √weight.
 * @returns {HTMLElement}
 */
export function weightScale(
  theme,
  { upright = false, even, name = "weight", most = 0, scale: { signed, ...of } = WEIGHTS } = {},
) {
  const scale = element("div", `bvp-scale bvp-fine${upright ? " bvp-upright" : ""}`);
  const ends = signed ? `${of.text(-of.most)} to ${of.text(of.most)}` : `0 to ${most || 1}`;
  const label = `Colour scale of ${name}, ${ends}${most ? "" : ", square root"}`;
  describe(scale, { role: "img", "aria-label": label });
  scale.append(ramp(theme, upright, signed));
  const at = (/** @type {number} */ value) =>
    `${LENGTH * (most ? Math.min(1, value / most) : Math.sqrt(value))}px`;
  const ticks = signed ? [-1, 0, 1] : most ? [0, most / 2, most] : SCALE_TICKS;
  for (const value of ticks) {
    const text = signed ? of.text(value * of.most) : String(+value.toPrecision(2));
    const tick = element("span", "", inCell(text));
    tick.style[upright ? "bottom" : "left"] = signed
      ? `${(LENGTH * (1 + value)) / 2}px`
      : at(value);
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

/** @param {import("../../shared/theme.js").Theme} theme @param {boolean} upright @param {boolean} signed */
function ramp(theme, upright, signed) {
  const canvas = element("canvas");
  const [width, height] = upright ? [BREADTH, LENGTH] : [LENGTH, BREADTH];
  const context = size(canvas, width, height);
  const gradient = upright
    ? context.createLinearGradient(0, LENGTH, 0, 0)
    : context.createLinearGradient(0, 0, LENGTH, 0);
  const signs = [theme.negative, theme.paper, theme.positive];
  if (signed) signs.forEach((colour, at) => void gradient.addColorStop(at / 2, css(colour)));
  for (let stop = 0; stop <= 1 && !signed; stop += 1 / 16)
    gradient.addColorStop(stop, css(theme.rampRgb[Math.round(ONE * stop * stop)]));
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = css(theme.hair);
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  return canvas;
}
