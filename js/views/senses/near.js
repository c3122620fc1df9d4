/** Which occurrence is meant: under the pointer, inside a lasso, or next in a direction. */

const CELL = 16;

/**
 * A grid over the plot, so that only a few points are compared at each move.
 *
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {number} width
 * @param {number} height
 */
export function createGrid(x, y, width, height) {
  const across = Math.max(1, Math.ceil(width / CELL));
  const down = Math.max(1, Math.ceil(height / CELL));
  const column = (/** @type {number} */ at) => Math.max(0, Math.min(across - 1, (at / CELL) | 0));
  const row = (/** @type {number} */ at) => Math.max(0, Math.min(down - 1, (at / CELL) | 0));
  const first = new Int32Array(across * down + 1);
  const cells = new Int32Array(x.length).fill(-1);
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) continue;
    cells[i] = row(y[i]) * across + column(x[i]);
    first[cells[i] + 1]++;
  }
  for (let cell = 0; cell < across * down; cell++) first[cell + 1] += first[cell];
  const next = first.slice();
  const items = new Int32Array(x.length);
  for (let i = 0; i < x.length; i++) if (cells[i] >= 0) items[next[cells[i]]++] = i;

  return {
    /**
     * @param {number} atX
     * @param {number} atY
     * @param {number} reach
     * @param {(item: number) => boolean} counts
     * @returns {number} The nearest, or -1.
     */
    nearest(atX, atY, reach, counts) {
      let best = -1;
      let least = reach * reach;
      for (let r = row(atY - reach); r <= row(atY + reach); r++)
        for (let c = column(atX - reach); c <= column(atX + reach); c++) {
          const cell = r * across + c;
          for (let k = first[cell]; k < first[cell + 1]; k++) {
            const item = items[k];
            const distance = (x[item] - atX) ** 2 + (y[item] - atY) ** 2;
            if (distance >= least || !counts(item)) continue;
            least = distance;
            best = item;
          }
        }
      return best;
    },
  };
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {[number, number][]} outline
 * @param {(item: number) => boolean} counts
 * @returns {number[]}
 */
export function inside(x, y, outline, counts) {
  const [left, right] = bounds(outline.map(([atX]) => atX));
  const [top, bottom] = bounds(outline.map(([, atY]) => atY));
  const found = [];
  for (let i = 0; i < x.length; i++) {
    const near = x[i] >= left && x[i] <= right && y[i] >= top && y[i] <= bottom;
    if (near && counts(i) && isInside(x[i], y[i], outline)) found.push(i);
  }
  return found;
}

/** @param {number[]} values */
function bounds(values) {
  return [Math.min(...values), Math.max(...values)];
}

/** @param {number} x @param {number} y @param {[number, number][]} outline */
function isInside(x, y, outline) {
  let within = false;
  let [beforeX, beforeY] = outline[outline.length - 1];
  for (const [cornerX, cornerY] of outline) {
    const crosses = cornerY > y !== beforeY > y;
    if (crosses && x < ((beforeX - cornerX) * (y - cornerY)) / (beforeY - cornerY) + cornerX)
      within = !within;
    [beforeX, beforeY] = [cornerX, cornerY];
  }
  return within;
}

/** Weight of sideways distance beside distance ahead. */
const ASIDE = 2.2;

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {number} from -1: the first in reading order.
 * @param {[number, number]} direction Across and down.
 * @param {(item: number) => boolean} counts
 * @returns {number} The next occurrence in this direction, or `from`.
 */
export function stepFrom(x, y, from, [across, down], counts) {
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    if (i === from || Number.isNaN(x[i]) || !counts(i)) continue;
    let cost = x[i] + 4 * y[i];
    if (from >= 0) {
      const [dx, dy] = [x[i] - x[from], y[i] - y[from]];
      const ahead = dx * across + dy * down;
      if (ahead <= 0) continue;
      cost = ahead + ASIDE * Math.abs(dx * down - dy * across);
    }
    if (cost < least) [best, least] = [i, cost];
  }
  return best;
}
