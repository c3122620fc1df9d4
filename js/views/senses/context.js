/** A word in its sentence: the word at a fixed place, what does not fit fades at the ends. */

import { describe, element, place } from "../../shared/dom.js";
import { textWidth } from "../../shared/text.js";

const RIGHT_TO_LEFT =
  /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

/**
 * @param {string} text
 * @param {[number, number]} span
 * @returns {{ before: string, word: string, after: string, rtl: boolean }}
 */
export function splitAt(text, [start, end]) {
  const [before, word, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  const flat = (/** @type {string} */ part) => part.replaceAll(/\s+/g, " ");
  return { before: flat(before), word, after: flat(after), rtl: RIGHT_TO_LEFT.test(text) };
}

/**
 * @param {string} text
 * @param {[number, number]} span
 * @returns {HTMLElement} A line of a list; it fills what width there is.
 */
export function contextLine(text, span) {
  const { before, word, after, rtl } = splitAt(text, span);
  const line = element("span", "bvp-context");
  const [first, last] = rtl ? [after, before] : [before, after];
  if (!word && !before) {
    // A sentence without a marked word begins where the line does.
    line.append(end("bvp-last", after.slice(0, 90), rtl));
    return line;
  }
  // As much as a line of 260 px can show, and some more: what lies further out costs layout only.
  line.append(
    end("bvp-first bvp-scroll", first.slice(rtl ? 0 : -90, rtl ? 90 : undefined), rtl),
    element("b", "", word),
    end("bvp-last bvp-scroll", last.slice(rtl ? -90 : 0, rtl ? undefined : 90), rtl),
  );
  return line;
}

/** @param {string} className @param {string} text @param {boolean} rtl */
function end(className, text, rtl) {
  const box = element("span", className);
  const inner = element("span", "", text);
  if (rtl) describe(inner, { dir: "rtl" });
  box.append(inner);
  return box;
}

/**
 * The line above the figure, for an occurrence: its word stands at the plot's centre.
 *
 * @param {HTMLElement} line
 * @param {{ text: string, span: [number, number], colour: string }} sentence
 * @param {{ width: number, centre: number, font: string }} room
 */
export function showSentence(line, { text, span, colour }, { width, centre, font }) {
  const { before, word, after, rtl } = splitAt(text, span);
  const [left, right] = rtl ? [after, before] : [before, after];
  const half = textWidth(word, `600 13px ${font}`) / 2;
  const leftWidth = textWidth(left, `13px ${font}`) + 3;
  const rightWidth = textWidth(right, `13px ${font}`) + 3;
  // A sentence without a marked word begins where the line does.
  const at = !word && !left ? 0 : wordPlace(leftWidth, rightWidth, half, width, centre);
  const [first, last] = [
    end("bvp-first bvp-scroll", left, rtl),
    end("bvp-last bvp-scroll", right, rtl),
  ];
  const middle = element("b", "", word);
  first.classList.toggle("bvp-whole", leftWidth <= at - half);
  last.classList.toggle("bvp-whole", rightWidth <= width - at - half);
  place(first, { left: 0, width: Math.max(0, at - half) });
  place(middle, { left: at - half, color: colour });
  place(last, { left: at + half, width: Math.max(0, width - at - half) });
  line.replaceChildren(first, middle, last);
}

/**
 * @param {number} left Width of what stands before the word.
 * @param {number} right
 * @param {number} half Of the word's width.
 * @param {number} width
 * @param {number} centre
 * @returns {number} The word's centre: the plot's, unless a shift lets more be read.
 */
export function wordPlace(left, right, half, width, centre) {
  if (left + right + 2 * half <= width)
    return Math.max(left + half, Math.min(centre, width - right - half));
  if (centre + half + right < width) return width - right - half;
  if (centre - half > left) return left + half;
  return centre;
}

/**
 * The same where the line is narrow: two lines of running text around the word.
 *
 * @param {HTMLElement} line
 * @param {{ text: string, span: [number, number], colour: string }} sentence
 */
export function showParagraph(line, { text, span, colour }) {
  const { before, word, after } = splitAt(text, span);
  const paragraph = element("bdi");
  const middle = element("b", "", word);
  middle.style.color = colour;
  const words = before.split(" ");
  const near = words.length > 11 ? `… ${words.slice(-10).join(" ")}` : before;
  paragraph.append(near, middle, after);
  line.replaceChildren(paragraph);
}
