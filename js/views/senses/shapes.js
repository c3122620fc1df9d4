/** The marks of the groups: six shapes of equal area, so that none looks larger. */

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
const SHAPES = [
  [],
  regular(3, -0.25),
  regular(4, 0.125),
  regular(4, 0),
  regular(3, 0.25),
  CROSS,
].map(ofUnitCircle);

/**
 * @param {Corners} corners
 * @returns {Corners} As large as a circle of radius 1.
 */
function ofUnitCircle(corners) {
  const scale = Math.sqrt(Math.PI / (areaOf(corners) || 1));
  return corners.map(([x, y]) => [scale * x, scale * y]);
}

/** @param {Corners} corners @returns {number} */
export function areaOf(corners) {
  const twice = corners.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/**
 * @param {number} group
 * @returns {Corners} Around 0, 0; none for a circle.
 */
export function cornersOf(group) {
  return SHAPES[group % SHAPES.length];
}

/** How far a shape reaches beyond its circle. */
export const REACH = 1.6;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} group
 * @param {number} x
 * @param {number} y
 * @param {number} radius Of the circle of the same area.
 */
export function traceShape(context, group, x, y, radius) {
  const corners = cornersOf(group);
  context.beginPath();
  if (!corners.length) context.arc(x, y, radius, 0, 2 * Math.PI);
  for (const [cornerX, cornerY] of corners)
    context.lineTo(x + radius * cornerX, y + radius * cornerY);
  context.closePath();
}
