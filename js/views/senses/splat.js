/**
 * Many marks on one canvas: each shape's coverage is blended straight into the pixels, which is four
 * times as fast as one `drawImage` a mark.
 *
 * @typedef {import("../../shared/theme.js").RGB} RGB
 * @typedef {object} Mask What a shape covers, around its centre.
 * @property {Int16Array} dx In device pixels.
 * @property {Int16Array} dy
 * @property {Uint8Array} fill 0 … 255
 * @property {Uint8Array} rim
 * @property {number} reach
 * @typedef {object} Brush A mask in a colour, ready for a picture of one width.
 * @property {Int32Array} offset
 * @property {Int32Array} keep How much of what is there stays, of 256.
 * @property {Int32Array} redBlue What is added, both in one number.
 * @property {Int32Array} green
 */

import { pen } from "../../shared/canvas.js";
import { element } from "../../shared/dom.js";
import { REACH, traceShape } from "./shapes.js";

/**
 * @param {number} group
 * @param {number} radius CSS pixels.
 * @param {number} rim Width of the paper around the mark, CSS pixels.
 * @param {number} ratio Device pixels a CSS pixel.
 * @returns {Mask}
 */
export function maskOf(group, radius, rim, ratio) {
  const reach = Math.ceil((radius * REACH + rim) * ratio) + 1;
  const side = 2 * reach + 1;
  const canvas = element("canvas");
  canvas.width = canvas.height = side;
  const context = pen(canvas, { willReadFrequently: true });
  const coverage = (/** @type {boolean} */ withRim) => {
    context.setTransform(ratio, 0, 0, ratio, reach + 0.5, reach + 0.5);
    context.clearRect(-side, -side, 2 * side, 2 * side);
    traceShape(context, group, 0, 0, radius);
    Object.assign(context, { lineWidth: 2 * rim, lineJoin: "round" });
    if (withRim) context.stroke();
    context.fill();
    return context.getImageData(0, 0, side, side).data;
  };
  const fill = coverage(false);
  const rimmed = rim ? coverage(true) : fill;
  const covered = [...Array(side * side).keys()].filter((p) => rimmed[4 * p + 3] > 8);
  return {
    dx: Int16Array.from(covered, (p) => (p % side) - reach),
    dy: Int16Array.from(covered, (p) => Math.floor(p / side) - reach),
    fill: Uint8Array.from(covered, (p) => fill[4 * p + 3]),
    rim: Uint8Array.from(covered, (p) => (rim ? rimmed[4 * p + 3] : 0)),
    reach,
  };
}

/**
 * @param {Mask} mask
 * @param {number} width Of the picture, in device pixels.
 * @param {RGB} colour
 * @param {RGB} paper
 * @param {number} opacity
 * @returns {Brush}
 */
export function brushOf({ dx, dy, fill, rim }, width, colour, paper, opacity) {
  const offset = Int32Array.from(dx, (x, p) => dy[p] * width + x);
  const mixed = (/** @type {number} */ p) => {
    const share = (opacity * fill[p]) / 255;
    const under = (rim[p] / 255) * (opacity > 0.5 ? 1 : opacity) * (1 - share);
    return { share, under };
  };
  const channel =
    (/** @type {0 | 1 | 2} */ c) => (/** @type {number} */ _, /** @type {number} */ p) => {
      const { share, under } = mixed(p);
      return Math.round(share * colour[c] + under * paper[c]);
    };
  const [red, green, blue] = [channel(0), channel(1), channel(2)];
  return {
    offset,
    keep: Int32Array.from(dx, (_, p) => {
      const { share, under } = mixed(p);
      return Math.floor(256 * (1 - share - under));
    }),
    redBlue: Int32Array.from(dx, (_, p) => (blue(_, p) << 16) | red(_, p)),
    green: Int32Array.from(dx, (_, p) => green(_, p) << 8),
  };
}

/**
 * @param {Int32Array} pixels Little-endian and opaque. Signed, because opaque ones fit in no small
 *   unsigned integer, and numbers that do not are three times as slow.
 * @param {number} centre
 * @param {Brush} brush
 */
export function splat(pixels, centre, { offset, keep, redBlue, green }) {
  for (let s = 0; s < offset.length; s++) {
    const at = centre + offset[s];
    const there = pixels[at];
    const stays = keep[s];
    const mixedRedBlue = (Math.imul(there & 0xff00ff, stays) >>> 8) & 0xff00ff;
    const mixedGreen = (((there & 0xff00) * stays) >>> 8) & 0xff00;
    pixels[at] = 0xff000000 | (mixedRedBlue + redBlue[s]) | (mixedGreen + green[s]);
  }
}
