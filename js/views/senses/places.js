/**
 * Places of the occurrences at each layer: one scale for all layers, y upwards, equal vectors
 * fanned out.
 *
 * @typedef {import("./types.js").Points} Points
 * @typedef {object} Places In CSS pixels of the plot; NaN where a vector is missing.
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {number} piled How many occurrences share their spot with others.
 * @property {number} missing
 */

import { clamp } from "../../shared/dom.js";
import {
  FAN_PITCH,
  MARGIN,
  NARROW_RADIUS,
  RADII,
  RADIUS,
  RADIUS_OF,
  SAME_SPOT,
  SHRINKS,
  STRIDE,
} from "./design.js";

/** Sunflower seeds: each next one is turned by the golden angle, so that no two hide each other. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * @param {number} n
 * @param {boolean} narrow
 * @returns {number} A mark's radius in CSS pixels.
 */
export function radiusFor(n, narrow) {
  const radius = RADIUS * (RADIUS_OF / Math.max(1, n)) ** SHRINKS;
  return clamp(radius, RADII.least, RADII.most) * (narrow ? NARROW_RADIUS : 1);
}

/**
 * @param {Points[]} layers
 * @param {number} width
 * @param {number} height
 * @returns {{ scale: number, left: number, top: number }} x = left + scale · x, y = top − scale
 *   · y.
 */
export function fitAll(layers, width, height) {
  const [x0, x1] = extent(layers.map(({ x }) => x));
  const [y0, y1] = extent(layers.map(({ y }) => y));
  const room = (/** @type {number} */ pixels) => Math.max(1, pixels - 2 * MARGIN);
  const fits = Math.min(room(width) / (x1 - x0 || 1e-9), room(height) / (y1 - y0 || 1e-9));
  // All in one spot: any scale is right.
  const scale = Math.min(fits, 1e7);
  return {
    scale,
    left: width / 2 - (scale * (x0 + x1)) / 2,
    top: height / 2 + (scale * (y0 + y1)) / 2,
  };
}

/** @param {Float32Array[]} arrays @returns {[number, number]} */
function extent(arrays) {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const values of arrays)
    for (let i = 0; i < values.length; i++) {
      // NaN is neither.
      if (values[i] < least) least = values[i];
      if (values[i] > most) most = values[i];
    }
  return least <= most ? [least, most] : [0, 0];
}

/**
 * @param {Points} points
 * @param {{ scale: number, left: number, top: number }} fit
 * @param {number} radius Of a mark.
 * @param {number} widest A fan's greatest radius.
 * @returns {Places}
 */
export function placePoints(points, { scale, left, top }, radius, widest) {
  const x = points.x.map((value) => left + scale * value);
  const y = points.y.map((value) => top - scale * value);
  let piled = 0;
  for (const pile of pilesOf(x, y)) {
    piled += pile.length;
    const turn = (/** @type {number} */ item) => (item * STRIDE) % x.length;
    fanOut(
      pile.sort((a, b) => turn(a) - turn(b)),
      x,
      y,
      radius,
      widest,
    );
  }
  return { x, y, piled, missing: x.reduce((sum, value) => sum + +Number.isNaN(value), 0) };
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @returns {number[][]} Those that share a spot.
 */
function pilesOf(x, y) {
  /** @type {Map<number, number | number[]>} */
  const spots = new Map();
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) continue;
    const key = Math.round(x[i] / SAME_SPOT) * 1e6 + Math.round(y[i] / SAME_SPOT);
    const there = spots.get(key);
    if (there === undefined) spots.set(key, i);
    else if (typeof there === "number") spots.set(key, [there, i]);
    else there.push(i);
  }
  return [...spots.values()].filter((pile) => typeof pile !== "number");
}

/**
 * @param {number[]} pile
 * @param {Float32Array} x Changed in place.
 * @param {Float32Array} y
 * @param {number} radius
 * @param {number} widest
 */
function fanOut(pile, x, y, radius, widest) {
  const pitch = Math.min(radius * FAN_PITCH, widest / Math.sqrt(pile.length));
  const start = pile.length < 4 ? 0.8 : 0.35;
  const [centreX, centreY] = [x[pile[0]], y[pile[0]]];
  let [sumX, sumY] = [0, 0];
  for (const [k, i] of pile.entries()) {
    const reach = pitch * Math.sqrt(k + start);
    x[i] = reach * Math.cos(k * GOLDEN_ANGLE);
    y[i] = reach * Math.sin(k * GOLDEN_ANGLE);
    sumX += x[i];
    sumY += y[i];
  }
  for (const i of pile) {
    x[i] += centreX - sumX / pile.length;
    y[i] += centreY - sumY / pile.length;
  }
}
