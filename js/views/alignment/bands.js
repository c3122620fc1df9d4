/**
 * A long pair is set in bands, source over target: where to cut both sentences so that few links run
 * from band to band. Finer cuts than a few are made by length alone: a better search would take too long.
 *
 * @typedef {[number, number, number, number]} Band First source word, one past the last; the same of the target.
 * @typedef {object} Line
 * @property {string[]} words
 * @property {number[]} widths
 * @typedef {Map<string, { cost: number, bands: Band[] }>} State By the places that the bands reach.
 */

import { ACROSS, AFTER_STOP, CUT, MORE, MOST, SLACK, SPACE, UNEVEN } from "./design.js";

const STOP = /^[,;:.!?。、，；：！？،؛؟।]$/;

/**
 * @param {Line} source
 * @param {Line} target
 * @param {[number, number][]} links Those that keep from layer to layer, so that the cuts do too.
 * @param {number} width
 * @returns {Band[]}
 */
export function cutBands(source, target, links, width) {
  const [n, m] = [source.words.length, target.words.length];
  const longest = Math.max(lengthOf(source, 0, n), lengthOf(target, 0, m));
  if (longest <= width) return [[0, n, 0, m]];
  const least = Math.ceil(longest / width);
  const across = linksAcross(n, m, links);
  /** @type {{ cost: number, bands: Band[] } | null} */
  let best = null;
  for (let count = least; count <= Math.min(least + MORE, MOST, n, m); count++) {
    const found = cutInto(count, source, target, across, width);
    if (!found) continue;
    const cost = found.cost + CUT * count;
    if (!best || cost < best.cost) best = { cost, bands: found.bands };
  }
  return best?.bands ?? cutByLength(source, target, width);
}

/**
 * @param {number} count
 * @param {Line} source
 * @param {Line} target
 * @param {(i: number, j: number) => number} across
 * @param {number} width
 */
function cutInto(count, source, target, across, width) {
  const [n, m] = [source.words.length, target.words.length];
  const sourceShare = lengthOf(source, 0, n) / count;
  const targetShare = lengthOf(target, 0, m) / count;
  /** @type {State} */
  let reached = new Map([["0,0", { cost: 0, bands: [] }]]);
  for (let band = 1; band <= count; band++) {
    const last = band === count;
    /** @type {State} */
    const next = new Map();
    for (const [before, { cost, bands }] of reached) {
      const [i, j] = placesIn(before);
      const sourceEnds = endsFrom(source, i, last, { width, share: sourceShare });
      const targetEnds = endsFrom(target, j, last, { width, share: targetShare });
      for (const [i1, unevenSource] of sourceEnds)
        for (const [j1, unevenTarget] of targetEnds) {
          const cutting = last ? 0 : ACROSS * across(i1, j1);
          const here = cost + unevenSource + unevenTarget + cutting;
          const place = `${i1},${j1}`;
          if (here < (next.get(place)?.cost ?? Number.POSITIVE_INFINITY))
            next.set(place, { cost: here, bands: [...bands, [i, i1, j, j1]] });
        }
    }
    reached = next;
  }
  return reached.get(`${n},${m}`);
}

/**
 * @param {Line} line
 * @param {number} from
 * @param {boolean} last The band takes what is left.
 * @param {{ width: number, share: number }} room
 * @returns {[number, number][]} Where a band may end, and what that costs.
 */
function endsFrom({ words, widths }, from, last, { width, share }) {
  /** @type {[number, number][]} */
  const ends = [];
  let length = -SPACE;
  for (let end = from + 1; end <= words.length; end++) {
    length += widths[end - 1] + SPACE;
    if (length > width && end > from + 1) break;
    const whole = end === words.length;
    if (last !== whole) continue;
    const uneven = length / share - 1;
    // One word may be wider than the slack.
    if (!last && Math.abs(uneven) * share > Math.max(SLACK * share, widths[end - 1])) continue;
    const bonus = !last && STOP.test(words[end - 1]) ? AFTER_STOP : 0;
    ends.push([end, UNEVEN * uneven ** 2 - bonus]);
  }
  return ends;
}

/** @param {Line} source @param {Line} target @param {number} width @returns {Band[]} */
function cutByLength(source, target, width) {
  for (let count = 2; ; count++) {
    const [one, other] = [evenCuts(source, count), evenCuts(target, count)];
    const fits = fitsIn(source, one, width) && fitsIn(target, other, width);
    if (fits || count > source.words.length + target.words.length)
      return one.slice(1).map((end, k) => [one[k], end, other[k], other[k + 1]]);
  }
}

/**
 * @param {Line} line
 * @param {number[]} cuts
 * @param {number} width
 * @returns {boolean} A word that is wider by itself cannot be helped.
 */
function fitsIn(line, cuts, width) {
  const ends = cuts.slice(1);
  return ends.every((end, k) => end - cuts[k] < 2 || lengthOf(line, cuts[k], end) <= width);
}

/**
 * @param {Line} line
 * @param {number} count
 * @returns {number[]} 0, the ends of all bands.
 */
function evenCuts(line, count) {
  const n = line.words.length;
  const whole = lengthOf(line, 0, n);
  const cuts = [0];
  let [length, end] = [0, 0];
  for (let band = 1; band < count; band++) {
    while (end < n && length + (line.widths[end] + SPACE) / 2 < (band * whole) / count)
      length += line.widths[end++] + SPACE;
    cuts.push(end);
  }
  return [...cuts, n];
}

/**
 * @param {number} n
 * @param {number} m
 * @param {[number, number][]} links
 * @returns {(i: number, j: number) => number} How many links a cut before these two words crosses.
 */
function linksAcross(n, m, links) {
  const both = new Uint32Array((n + 1) * (m + 1));
  for (const [i, j] of links) both[(i + 1) * (m + 1) + j + 1]++;
  for (let i = 1; i <= n; i++)
    for (let j = 1; j <= m; j++) {
      const at = i * (m + 1) + j;
      both[at] += both[at - 1] + both[at - m - 1] - both[at - m - 2];
    }
  return (i, j) => both[i * (m + 1) + m] + both[n * (m + 1) + j] - 2 * both[i * (m + 1) + j];
}

/** @param {Line} line @param {number} from @param {number} to */
export function lengthOf({ widths }, from, to) {
  let length = -SPACE;
  for (let k = from; k < to; k++) length += widths[k] + SPACE;
  return Math.max(0, length);
}

/** @param {string} place */
function placesIn(place) {
  return place.split(",").map(Number);
}
