/**
 * Places the groups' names: where a group's density most exceeds the others', at the emptiest
 * spot nearby. A name disappears where the groups' centres coincide.
 *
 * @typedef {object} Label
 * @property {number} group
 * @property {number} x
 * @property {number} y
 * @property {number} opacity
 */

import { clamp } from "../../shared/dom.js";
import { APART, CELL, LINE, MANY, NEIGHBOURHOOD, OWN, SEARCH } from "./design.js";

/**
 * @param {{ x: Float32Array, y: Float32Array }} places
 * @param {ArrayLike<number>} codes
 * @param {number[]} widths Of the names, in CSS pixels.
 * @param {{ width: number, height: number, radius: number }} plot
 * @returns {Label[]}
 */
export function placeLabels({ x, y }, codes, widths, plot) {
  const groups = widths.length;
  const stats = centresOf(x, y, codes, groups);
  const density = densities(x, y, codes, groups, plot);
  const covers = covering(density, plot);
  const crowd = x.length > MANY;
  const share = Math.sqrt(Math.max(1, x.length / 150));
  const order = [...Array(groups).keys()]
    .filter((group) => stats.counts[group])
    .sort((a, b) => stats.counts[a] - stats.counts[b]);
  /** @type {Label[]} */
  const placed = [];
  for (const group of order) {
    const opacity = apart(stats, group) > APART ? 1 : 0;
    const anchor = anchorOf(density, group, stats, plot);
    const half = widths[group] / 2;
    const spot = emptiest(anchor, half, plot, (atX, atY) => {
      const taken = placed.some(
        (other) =>
          other.opacity &&
          Math.abs(other.x - atX) < half + widths[other.group] / 2 + 6 &&
          Math.abs(other.y - atY) < LINE + 6,
      );
      return (taken ? 99 : 0) + (crowd ? 0 : covers(group, atX, atY, half) / share);
    });
    placed.push({ group, x: spot[0], y: spot[1], opacity });
  }
  return placed;
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {ArrayLike<number>} codes
 * @param {number} groups
 */
function centresOf(x, y, codes, groups) {
  const counts = new Float64Array(groups + 1);
  const sumX = new Float64Array(groups + 1);
  const sumY = new Float64Array(groups + 1);
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) continue;
    counts[codes[i]]++;
    sumX[codes[i]] += x[i];
    sumY[codes[i]] += y[i];
  }
  const centres = [...counts].map((n, group) => [sumX[group] / n, sumY[group] / n]);
  let squares = 0;
  let all = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) continue;
    const [centreX, centreY] = centres[codes[i]];
    squares += (x[i] - centreX) ** 2 + (y[i] - centreY) ** 2;
    all++;
  }
  return { counts, centres, spread: Math.sqrt(squares / Math.max(1, all)) || 1e-9 };
}

/**
 * @param {ReturnType<typeof centresOf>} stats
 * @param {number} group
 * @returns {number} Distance to the nearest other group's centre, in spreads.
 */
function apart({ counts, centres, spread }, group) {
  const [x, y] = centres[group];
  const distances = centres
    .slice(0, -1)
    .filter((_, other) => other !== group && counts[other])
    .map(([otherX, otherY]) => Math.hypot(otherX - x, otherY - y));
  // A single group has nothing to be told apart from.
  return distances.length ? Math.min(...distances) / spread : 0;
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {ArrayLike<number>} codes
 * @param {number} groups
 * @param {{ width: number, height: number }} plot
 */
function densities(x, y, codes, groups, { width, height }) {
  const across = Math.max(1, Math.ceil(width / CELL));
  const down = Math.max(1, Math.ceil(height / CELL));
  const counted = Array.from({ length: groups + 1 }, () => new Float32Array(across * down));
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) continue;
    const column = clamp(Math.floor(x[i] / CELL), 0, across - 1);
    counted[codes[i]][clamp(Math.floor(y[i] / CELL), 0, down - 1) * across + column]++;
  }
  const reach = Math.max(1, Math.round((width * NEIGHBOURHOOD) / CELL));
  // The mean of a mean over a square is nearly a bell.
  const passes = [1, 1, across, across];
  const smooth = counted.map((cells) => {
    /** @type {Float32Array} */
    let sums = cells;
    for (const stride of passes) sums = blur(sums, across, stride, reach);
    return sums;
  });
  return { across, down, counted, smooth };
}

/**
 * @param {Float32Array} cells
 * @param {number} across
 * @param {number} stride 1 for blurring along the rows, `across` down the columns.
 * @param {number} reach
 * @returns {Float32Array} Sums over neighbours along one direction.
 */
function blur(cells, across, stride, reach) {
  return cells.map((_, cell) => {
    const at = stride > 1 ? Math.floor(cell / across) : cell % across;
    const most = stride > 1 ? cells.length / across : across;
    let sum = 0;
    for (let k = Math.max(-reach, -at); k <= reach && at + k < most; k++)
      sum += cells[cell + k * stride];
    return sum;
  });
}

/**
 * @param {ReturnType<typeof densities>} density
 * @param {number} group
 * @param {ReturnType<typeof centresOf>} stats
 * @param {{ width: number }} plot
 * @returns {[number, number]}
 */
function anchorOf({ across, smooth }, group, { counts, centres }, { width }) {
  const [centreX, centreY] = centres[group];
  const densest = smooth[group].reduce((a, b) => Math.max(a, b), 0);
  const most = densest / Math.sqrt(counts[group]);
  // A group that is nowhere in the majority is named among its own marks all the same.
  const least = OWN * densest;
  let best = Number.NEGATIVE_INFINITY;
  /** @type {[number, number]} */
  let anchor = [centreX, centreY];
  for (let cell = 0; cell < smooth[group].length; cell++) {
    if (smooth[group][cell] < least) continue;
    const x = ((cell % across) + 0.5) * CELL;
    const y = (Math.floor(cell / across) + 0.5) * CELL;
    let excess = smooth[group][cell] / Math.sqrt(counts[group]);
    for (let other = 0; other < smooth.length; other++)
      if (other !== group && counts[other])
        excess -= (0.9 * smooth[other][cell]) / Math.sqrt(counts[other]);
    excess -= (0.6 * most * Math.hypot(x - centreX, y - centreY)) / width;
    if (excess > best) [best, anchor] = [excess, [x, y]];
  }
  return anchor;
}

/**
 * @param {ReturnType<typeof densities>} density
 * @param {{ radius: number }} plot
 * @returns {(group: number, x: number, y: number, half: number) => number} How much a name there
 *   covers:
 *   the marks of other groups count twice.
 */
function covering({ across, down, counted }, { radius }) {
  const edge = (/** @type {number} */ at, /** @type {number} */ most) =>
    clamp(Math.round(at / CELL), 0, most);
  return (group, x, y, half) => {
    const [left, right] = [x - half - radius, x + half + radius].map((at) => edge(at, across));
    const [top, bottom] = [-1, 1].map((side) => edge(y + side * (LINE / 2 + radius), down));
    let covered = 0;
    for (const [other, cells] of counted.entries())
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++)
          covered += (other === group ? 1 : 2) * cells[row * across + column];
    return covered;
  };
}

/**
 * @param {[number, number]} anchor
 * @param {number} half Of the name's width.
 * @param {{ width: number, height: number }} plot
 * @param {(x: number, y: number) => number} cost
 * @returns {[number, number]}
 */
function emptiest([anchorX, anchorY], half, { width, height }, cost) {
  const reach = Math.min(SEARCH, width / 12);
  let least = Number.POSITIVE_INFINITY;
  let spot = [anchorX, anchorY];
  for (let dx = -reach; dx <= reach; dx += 6)
    for (let dy = -0.75 * reach; dy <= 0.75 * reach; dy += 5) {
      const x = clamp(anchorX + dx, half, width - half);
      const y = clamp(anchorY + dy, LINE, height - LINE);
      const total = cost(x, y) + Math.hypot(dx, dy) / 22;
      if (total < least) [least, spot] = [total, [x, y]];
    }
  return [spot[0], spot[1]];
}

/**
 * @param {Label[]} from
 * @param {Label[]} to
 * @param {number} share 0 is `from`, 1 is `to`.
 * @returns {Label[]}
 */
export function betweenLabels(from, to, share) {
  return to.map((label) => {
    const before = from.find(({ group }) => group === label.group);
    if (!before) return { ...label, opacity: label.opacity * share };
    const between = (/** @type {"x" | "y" | "opacity"} */ what) =>
      before[what] + (label[what] - before[what]) * share;
    return { group: label.group, x: between("x"), y: between("y"), opacity: between("opacity") };
  });
}
