/** A list of names, bars and numbers, which is built once and filled again and again. */
import { element } from "../../shared/dom.js";
import { css } from "../../shared/theme.js";

/**
 * @typedef {object} Bar
 * @property {string} name
 * @property {number} value From 0 to 1.
 * @property {string} text The value in words.
 * @property {boolean} [strong]
 * @property {boolean} [rest] Stands for all that has no bar of its own.
 */

/** Paler bars would not be seen on paper. */
const PALEST = 40;

/**
 * @param {number} count At most so many bars.
 * @param {number} length Of a bar of value 1, in pixels.
 * @returns {{ list: HTMLElement, fill: (bars: Bar[], theme: import("./types.js").Theme) => void }}
 */
export function barList(count, length) {
  const list = element("div", "bvp-bars");
  const lines = Array.from({ length: count }, () => {
    const name = element("bdi");
    const bar = element("i");
    const number = element("em");
    const line = element("div");
    line.append(name, bar, number);
    list.append(line);
    return { line, name, bar, number };
  });
  return {
    list,
    fill(bars, theme) {
      for (const [at, { line, name, bar, number }] of lines.entries()) {
        const shown = bars[at];
        line.hidden = !shown;
        if (!shown) continue;
        name.textContent = shown.name;
        number.textContent = shown.text;
        line.className = shown.strong ? "bvp-strong" : shown.rest ? "bvp-rest" : "";
        bar.style.width = `${Math.max(1, shown.value * length)}px`;
        const code = Math.max(PALEST, Math.round(Math.min(1, shown.value) * 254));
        bar.style.background = css(shown.rest ? theme.hair : theme.rampRgb[code]);
      }
    },
  };
}
