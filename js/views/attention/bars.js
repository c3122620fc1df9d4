/** A list of names, bars and numbers. */
import { ONE, PALEST_BAR } from "../../shared/design.js";
import { element, place } from "../../shared/dom.js";
import { css } from "../../shared/theme.js";

/**
 * @typedef {object} Bar
 * @property {string} name
 * @property {number} value From 0 to 1.
 * @property {string} [colour] By its size without it.
 * @property {string} text The value in words.
 * @property {boolean} [strong]
 * @property {boolean} [rest] Stands for all that has no bar of its own.
 */

/**
 * @param {number} length Of a bar of value 1, in pixels.
 * @returns {{ list: HTMLElement, fill: (bars: Bar[], theme: import("../../shared/theme.js").Theme) => void }}
 */
export function barList(length) {
  const list = element("div", "bvp-bars");
  return {
    list,
    fill(bars, theme) {
      const lines = bars.map(({ name, value, text, strong, rest, colour }) => {
        const line = element("div", strong ? "bvp-strong" : rest ? "bvp-rest" : "");
        const bar = element("i");
        const code = Math.max(PALEST_BAR, Math.round(Math.min(1, value) * ONE));
        const background = (!rest && colour) || css(rest ? theme.hair : theme.rampRgb[code]);
        place(bar, { width: Math.max(1, value * length), background });
        line.append(element("bdi", "", name), bar, element("em", "", text));
        return line;
      });
      list.replaceChildren(...lines);
    },
  };
}
