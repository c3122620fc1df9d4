/** The layer of marks, on a canvas of its own. */

import { isForSvg, pen, pixelRatio } from "../../shared/canvas.js";
import { clamp } from "../../shared/dom.js";
import { css } from "../../shared/theme.js";
import { FADES, FEW, OPACITY, PALEST, RIM, RIMMED, STRIDE, UNSELECTED } from "./design.js";
import { traceShape } from "./shapes.js";
import { brushOf, maskOf, splat } from "./splat.js";

/**
 * @param {number} n
 * @returns {number} Of a mark: .82 for a few, .48 for 10,000.
 */
export function opacityFor(n) {
  return clamp(OPACITY * (FEW / n) ** FADES, PALEST, OPACITY);
}

/** @param {HTMLCanvasElement} canvas @param {import("./view.js").View} view */
export function createPainter(canvas, view) {
  const { count } = view.data;
  const order = shuffled(count);
  const rim = count <= RIMMED ? RIM / 2 : 0;
  const faint = count <= RIMMED ? UNSELECTED : UNSELECTED / 2;
  /** @type {ImageData | null} */
  let image = null;
  let pixels = new Int32Array(0);
  /** @type {{ reach: number, shown: import("./splat.js").Brush, faint: import("./splat.js").Brush }[]} */
  let brushes = [];
  let [reach, size] = [0, 0];

  /** @param {number} radius In CSS pixels. */
  function prepare(radius) {
    const { width, height } = canvas;
    if (image?.width !== width || image.height !== height) {
      image = new ImageData(width, height);
      pixels = new Int32Array(image.data.buffer);
    }
    const { paper } = view.theme();
    size = radius;
    const opacity = opacityFor(count);
    brushes = Array.from({ length: view.group().labels.length + 1 }, (_, code) => {
      const { shape, colour, size } = view.look(code);
      const mask = maskOf(shape, radius * size, rim, pixelRatio());
      const brush = (/** @type {number} */ strength) =>
        brushOf(mask, width, colour, paper, strength);
      return {
        reach: mask.reach,
        shown: brush(opacity),
        faint: brush(faint),
      };
    });
    reach = Math.max(...brushes.map((one) => one.reach));
  }

  /**
   * @param {Float32Array} x CSS pixels.
   * @param {Float32Array} y
   * @param {ArrayLike<number>} codes
   */
  function paint(x, y, codes) {
    if (!image || x.length !== count) return;
    const muted = view.muted();
    const { mask } = view.selection();
    if (isForSvg()) {
      const isShown = (/** @type {number} */ item) => !muted[codes[item]];
      if (mask) trace(x, y, codes, (item) => isShown(item) && !mask[item], faint);
      return trace(
        x,
        y,
        codes,
        (item) => isShown(item) && (!mask || !!mask[item]),
        opacityFor(count),
      );
    }
    const [red, green, blue] = view.theme().paper;
    pixels.fill((255 << 24) | (blue << 16) | (green << 8) | red);
    if (image.width > 2 * reach && image.height > 2 * reach) {
      if (mask) pass(x, y, codes, (item) => !muted[codes[item]] && !mask[item], "faint");
      pass(x, y, codes, (item) => !muted[codes[item]] && (!mask || !!mask[item]), "shown");
    }
    pen(canvas).putImageData(image, 0, 0);
  }

  /**
   * @param {Float32Array} x
   * @param {Float32Array} y
   * @param {ArrayLike<number>} codes
   * @param {(item: number) => boolean} counts
   * @param {"shown" | "faint"} strength
   */
  function pass(x, y, codes, counts, strength) {
    const ratio = pixelRatio();
    const { width, height } = /** @type {ImageData} */ (image);
    for (let k = 0; k < count; k++) {
      const item = order[k];
      if (Number.isNaN(x[item]) || !counts(item)) continue;
      const column = clamp(Math.round(x[item] * ratio), reach, width - 1 - reach);
      const row = clamp(Math.round(y[item] * ratio), reach, height - 1 - reach);
      splat(pixels, row * width + column, brushes[codes[item]][strength]);
    }
  }

  /**
   * The same as paths.
   *
   * @param {Float32Array} x
   * @param {Float32Array} y
   * @param {ArrayLike<number>} codes
   * @param {(item: number) => boolean} counts
   * @param {number} strength
   */
  function trace(x, y, codes, counts, strength) {
    const context = pen(canvas);
    const { paper } = view.theme();
    Object.assign(context, { lineWidth: 2 * rim, lineJoin: "round", strokeStyle: css(paper) });
    for (const item of order) {
      if (Number.isNaN(x[item]) || !counts(item)) continue;
      const { shape, ink, size: scale } = view.look(codes[item]);
      traceShape(context, shape, x[item], y[item], size * scale);
      context.globalAlpha = strength > 0.5 ? 1 : strength;
      if (rim) context.stroke();
      Object.assign(context, { globalAlpha: strength, fillStyle: ink });
      context.fill();
    }
    context.globalAlpha = 1;
  }

  return { prepare, paint };
}

/** @param {number} n */
function shuffled(n) {
  const keys = Float64Array.from({ length: n }, (_, i) => (i * STRIDE) % n);
  return Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b);
}
