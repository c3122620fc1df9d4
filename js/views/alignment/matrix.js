/** The cosines of all words of a pair at one layer, and which of them are linked. */

import { size } from "../../shared/canvas.js";
import { clamp, describe, element, listen, place } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { shorten, textWidth } from "../../shared/text.js";
import { css } from "../../shared/theme.js";
import {
  ANGLE,
  MARK,
  MATRIX_CELL,
  MATRIX_LABEL,
  OVERHANG,
  SPACED,
  STRENGTH,
  TURNED,
  WIDEST_CELL,
} from "./design.js";
import { paintMark } from "./mark.js";
import { isKnown } from "./verdicts.js";

/** @typedef {import("./types.js").Side} Side */

/**
 * @param {import("./view.js").View} view
 * @param {{ read: (text: string) => void, press: (source: number, target: number, possible:
 *   boolean) => void }} actions
 */
export function createMatrix(view, { read, press }) {
  const scroll = element("div", "bvp-scroll bvp-matrix");
  const canvas = element("canvas");
  describe(scroll, {
    tabindex: 0,
    role: "application",
    "aria-label": "Cosines of all words; arrow keys move from cell to cell",
  });
  scroll.append(canvas);
  let pen = size(canvas, 1, 1);
  let [cell, wideCell, top, wide, high] = [MATRIX_CELL.most, MATRIX_CELL.most, 0, 0, 0];
  /** Left edge of the first column. */
  let start = 0;
  /** @type {[number, number] | null} */
  let at = null;

  /**
   * @param {number} j A column's word, or a word's column: a sentence that runs from the right
   *   does here too.
   */
  const mirrored = (j) => (view.about().target_rtl ? view.words("target").length - 1 - j : j);

  /** @param {Side} side */
  function lettering(side) {
    const { words, font } = view.lettering(side, clamp(cell - 3, 9, 12));
    const text = `${font.pixels}px ${font.family}`;
    return { text, labels: words.map((word) => shorten(word, MATRIX_LABEL - 8, text)) };
  }

  /** @param {number} width @param {number} height */
  function layout(width, height) {
    const [rows, columns] = [view.words("source").length, view.words("target").length];
    cell = MATRIX_CELL.most;
    const longest = (/** @type {Side} */ side) => {
      const { text, labels } = lettering(side);
      return Math.max(0, ...labels.map((label) => textWidth(label, text)));
    };
    const left = Math.ceil(longest("source")) + 10;
    top = Math.ceil(Math.min(TURNED, longest("target") * 0.82) + 14);
    cell = Math.floor(clamp((height - top - 4) / rows, MATRIX_CELL.least, MATRIX_CELL.most));
    const room = width - left - OVERHANG;
    wideCell = Math.floor(clamp(room / columns, MATRIX_CELL.least, WIDEST_CELL * cell));
    wide = Math.max(width, left + columns * wideCell + OVERHANG);
    start = left + Math.max(0, Math.floor((room - columns * wideCell) / 2));
    high = top + rows * cell + 2;
    pen = size(canvas, wide, high);
    place(scroll, { height: Math.min(height, high) });
  }

  function draw() {
    const theme = view.theme();
    const [rows, columns] = [view.words("source").length, view.words("target").length];
    const cosines = view.store.cosines(view.pair(), view.step());
    pen.clearRect(0, 0, wide, high);
    const [low, top_] = rangeOf(cosines);
    const gap = cell >= SPACED ? 1 : 0;
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const value = cosines?.[i * columns + j] ?? Number.NaN;
        const share = (value - low) / (top_ - low || 1);
        const code = !isKnown(value) ? 255 : Math.round(share ** 2 * 254 * STRENGTH);
        pen.fillStyle = css(theme.rampRgb[code]);
        pen.fillRect(start + mirrored(j) * wideCell, top + i * cell, wideCell - gap, cell - gap);
      }
    for (const { source, target, verdict } of view.judged()) {
      const x = start + (mirrored(target) + 0.5) * wideCell - 0.5;
      paintMark(
        pen,
        x,
        top + (source + 0.5) * cell - 0.5,
        clamp(cell * MARK.share, MARK.size.least, MARK.size.most),
        verdict,
        theme,
      );
    }
    drawLabels(theme);
    if (at) {
      pen.strokeStyle = css(theme.ink);
      pen.lineWidth = 1.5;
      const x = start + mirrored(at[1]) * wideCell - 1;
      pen.strokeRect(x, top + at[0] * cell - 1, wideCell + 1, cell + 1);
    }
  }

  /** @param {import("../../shared/theme.js").Theme} theme */
  function drawLabels(theme) {
    const [source, target] = [lettering("source"), lettering("target")];
    pen.textBaseline = "middle";
    pen.font = source.text;
    pen.textAlign = "right";
    source.labels.forEach((label, i) => {
      pen.fillStyle = css(at?.[0] === i ? theme.ink : theme.soft);
      pen.fillText(label, start - 7, top + (i + 0.5) * cell);
    });
    pen.font = target.text;
    pen.textAlign = "left";
    target.labels.forEach((label, j) => {
      pen.save();
      pen.fillStyle = css(at?.[1] === j ? theme.ink : theme.soft);
      pen.translate(start + (mirrored(j) + 0.5) * wideCell, top - 6);
      pen.rotate((-ANGLE * Math.PI) / 180);
      pen.fillText(label, 0, 0);
      pen.restore();
    });
  }

  /** @param {PointerEvent | MouseEvent} event */
  function cellAt(event) {
    const frame = canvas.getBoundingClientRect();
    const j = mirrored(Math.floor((event.clientX - frame.left - start) / wideCell));
    const i = Math.floor((event.clientY - frame.top - top) / cell);
    const inside =
      i >= 0 && j >= 0 && i < view.words("source").length && j < view.words("target").length;
    return inside ? /** @type {[number, number]} */ ([i, j]) : null;
  }

  /** @param {[number, number] | null} next */
  function point(next) {
    if (String(next) === String(at)) return;
    at = next;
    draw();
    read(at ? sentence(at) : "");
  }

  /** @param {[number, number]} place */
  function sentence([i, j]) {
    const [source, target] = [view.words("source"), view.words("target")];
    const value = view.store.cosines(view.pair(), view.step())?.[i * target.length + j];
    const known = value !== undefined && isKnown(value);
    // Isolated: the words may run from the right.
    const pair = `\u2068${source[i]}\u2069 – \u2068${target[j]}\u2069`;
    return `${pair}: ${known ? `cosine ${value.toFixed(2)}` : "no cosine, the model did not read it"}`;
  }

  listen(scroll, {
    pointermove: (event) => point(cellAt(event)),
    pointerleave: () => point(null),
    click(event) {
      const found = cellAt(event);
      point(found);
      if (found && view.drawing()) press(...found, event.shiftKey);
    },
    keydown(event) {
      const step = arrowStep(event);
      if (step) {
        const [i, j] = at ?? [0, 0];
        const across = view.about().target_rtl ? -step[0] : step[0];
        const limit = (/** @type {Side} */ side) => view.words(side).length - 1;
        point(
          at
            ? [clamp(i + step[1], 0, limit("source")), clamp(j + across, 0, limit("target"))]
            : [0, 0],
        );
      } else if (event.key === "Enter" && at && view.drawing()) press(...at, event.shiftKey);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  });

  return {
    element: scroll,
    layout,
    draw,
    /** @returns {string} What the shades mean. */
    scale() {
      const [low, top_] = rangeOf(view.store.cosines(view.pair(), view.step()));
      return low < top_ ? `cosine, faint ${low.toFixed(2)} to strong ${top_.toFixed(2)}` : "";
    },
  };
}

/** @param {Float32Array | null} values @returns {[number, number]} */
function rangeOf(values) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values ?? [])
    if (isKnown(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low <= high ? [low, high] : [0, 0];
}
