/**
 * The marks of the groups: six shapes of equal area, so that none looks larger; and the same with a hole.
 */

import { HOLE } from "./design.js";

/** @typedef {[number, number][]} Corners */

/** @param {number} corners @param {number} turn Where the first corner is, in turns. */
const regular = (corners, turn) =>
  Array.from({ length: corners }, (_, i) => {
    const angle = 2 * Math.PI * (turn + i / corners);
    return /** @type {[number, number]} */ ([Math.cos(angle), Math.sin(angle)]);
  });

/** Half the width of a cross's arm, beside its length. */
const ARM = 0.32;

/** @type {Corners} */
const CROSS = [0, 1, 2, 3].flatMap((quarter) => {
  const [cos, sin] = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ][quarter];
  return [
    [ARM, -ARM],
    [1, -ARM],
    [1, ARM],
  ].map(([x, y]) => /** @type {[number, number]} */ ([cos * x - sin * y, sin * x + cos * y]));
});

/** The first is a circle and has no corners. */
const FILLED = [
  [],
  regular(3, -0.25),
  regular(4, 0.125),
  regular(4, 0),
  regular(3, 0.25),
  CROSS,
].map(ofUnitCircle);

const SHAPES = [...FILLED, ...FILLED.map((one) => (one.length ? one : regular(24, 0))).map(holed)];

/**
 * @param {Corners} corners
 * @returns {Corners} As large as a circle of radius 1.
 */
function ofUnitCircle(corners) {
  const scale = Math.sqrt(Math.PI / (areaOf(corners) || 1));
  return corners.map(([x, y]) => [scale * x, scale * y]);
}

/**
 * @param {Corners} corners
 * @returns {Corners} Around the outside, and back around the hole.
 */
function holed(corners) {
  const inner = corners.map(([x, y]) => /** @type {[number, number]} */ ([HOLE * x, HOLE * y]));
  return [...corners, corners[0], inner[0], ...inner.reverse()];
}

/** @param {Corners} corners @returns {number} */
export function areaOf(corners) {
  const twice = corners.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** @param {number} group @param {boolean} isHollow @returns {number} Its shape. */
export function shapeOf(group, isHollow) {
  return (group % FILLED.length) + (isHollow ? FILLED.length : 0);
}

/**
 * @param {number} shape
 * @returns {Corners} Around 0, 0; none for a circle.
 */
export function cornersOf(shape) {
  return SHAPES[shape];
}

/** How far a shape reaches beyond its circle. */
export const REACH = 1.6;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} shape
 * @param {number} x
 * @param {number} y
 * @param {number} radius Of the circle of the same area.
 */
export function traceShape(context, shape, x, y, radius) {
  const corners = cornersOf(shape);
  context.beginPath();
  if (!corners.length) context.arc(x, y, radius, 0, 2 * Math.PI);
  for (const [cornerX, cornerY] of corners)
    context.lineTo(x + radius * cornerX, y + radius * cornerY);
  context.closePath();
}
