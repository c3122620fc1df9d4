/** @typedef {import("./types.js").Theme} Theme */

import { pen, pixelRatio } from "../../shared/canvas.js";
import { element } from "../../shared/dom.js";
import { css } from "../../shared/theme.js";

const MARGIN = 14;
const LINE = 17;

/**
 * Sets the caption under a mode's picture and hands it to the reader as a file.
 *
 * @param {HTMLCanvasElement} drawn In device pixels.
 * @param {{ caption: string[], theme: Theme, title: string }} about
 */
export function savePicture(drawn, { caption, theme, title }) {
  const page = element("canvas");
  const ratio = pixelRatio();
  const context = pen(page);
  const font = `12px ${theme.font}`;
  const width = drawn.width / ratio;
  context.font = font;
  const lines = fillLines(caption, width, (text) => context.measureText(text).width);
  page.width = drawn.width + 2 * MARGIN * ratio;
  page.height = drawn.height + (3 * MARGIN + LINE * lines.length) * ratio;
  context.fillStyle = css(theme.paper);
  context.fillRect(0, 0, page.width, page.height);
  context.drawImage(drawn, MARGIN * ratio, MARGIN * ratio);
  context.scale(ratio, ratio);
  Object.assign(context, { font, fillStyle: css(theme.soft), textBaseline: "top" });
  lines.forEach((line, i) => {
    context.fillText(line, MARGIN, drawn.height / ratio + 2 * MARGIN + i * LINE);
  });
  page.toBlob((blob) => blob && download(blob, `${title || "attention"}.png`));
}

/**
 * @param {string[]} phrases
 * @param {number} width
 * @param {(text: string) => number} measure
 * @returns {string[]} As few lines as hold the phrases.
 */
export function fillLines(phrases, width, measure) {
  /** @type {string[]} */
  const lines = [];
  for (const phrase of phrases) {
    const longer = lines.length ? `${lines[lines.length - 1]}    ${phrase}` : phrase;
    if (lines.length && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(phrase);
  }
  return lines;
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function download(blob, name) {
  const link = element("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replaceAll(/[^\w.-]+/g, "_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
