import { createSvgPen } from "./svg_pen.js";

/** @typedef {import("./svg_pen.js").SvgPen} SvgPen */

/** More than three device pixels a CSS pixel cost time and show nothing new. */
const FINEST = 3;

/**
 * While a figure is drawn for an SVG: what each canvas would have on it.
 *
 * @type {Map<HTMLCanvasElement, SvgPen> | null}
 */
let written = null;

export const isForSvg = () => written !== null;

/**
 * @param {() => void} draw Sizes and draws the canvases anew.
 * @param {(pen: SvgPen) => void} compose Puts them on a page.
 * @returns {SvgPen} Of the page.
 */
export function asSvg(draw, compose) {
  const all = new Map();
  written = all;
  try {
    draw();
    const page = createSvgPen(null, 1, (canvas) => all.get(canvas));
    compose(page);
    return page;
  } finally {
    written = null;
  }
}

/** @returns {number} Device pixels in a CSS pixel. */
export function pixelRatio() {
  return Math.min(FINEST, globalThis.devicePixelRatio || 1);
}

/**
 * Sizes a canvas in CSS pixels and clears it.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @returns {CanvasRenderingContext2D} Scaled, so that one unit is a CSS pixel.
 */
export function size(canvas, width, height) {
  const ratio = pixelRatio();
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  written?.set(canvas, createSvgPen(canvas, ratio));
  const context = pen(canvas);
  if (!written) context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @returns {CanvasRenderingContext2D}
 */
export function pen(canvas, settings) {
  const context = written?.get(canvas) ?? canvas.getContext("2d", settings);
  if (!context) throw new Error("This browser gives no 2-D canvas");
  return /** @type {CanvasRenderingContext2D} */ (context);
}

/** @returns {boolean} The reader asked for no motion. */
export function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Fades the old picture out over the new one.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function fadeOut(canvas) {
  if (still() || !canvas.width || !canvas.isConnected) return;
  const before = /** @type {HTMLCanvasElement} */ (canvas.cloneNode());
  pen(before).drawImage(canvas, 0, 0);
  canvas.after(before);
  before.animate([{ opacity: getComputedStyle(canvas).opacity }, { opacity: 0 }], {
    duration: 180,
    easing: "ease-out",
  }).onfinish = () => before.remove();
}
