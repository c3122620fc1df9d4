/** One head as a small picture. */
import { maxOver, spread } from "../../shared/pooling.js";

/**
 * @param {import("./types.js").HeadMap} map
 * @param {number} width In device pixels.
 * @param {number} height
 * @param {number} least Of a special token's column, in device pixels.
 * @param {Uint32Array} ramp Colours by code.
 * @returns {ImageData}
 */
export function headImage(map, width, height, least, ramp) {
  const columns = spread(map.columns, width, map.first ? least : 0, map.last ? least : 0);
  const codes = maxOver(map.codes, map.columns, spread(map.rows, height), columns);
  return coloured(codes, width, height, ramp);
}

/**
 * @param {Uint8Array} codes
 * @param {number} width
 * @param {number} height
 * @param {Uint32Array} ramp
 */
export function coloured(codes, width, height, ramp) {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let p = 0; p < pixels.length; p++) pixels[p] = ramp[codes[p]];
  return image;
}
