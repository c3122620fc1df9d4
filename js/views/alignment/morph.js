/**
 * Links on their way to the next layer's: one that stays keeps its place, one that goes slides
 * to a new
 * one that shares an end with it, the others fade.
 *
 * @typedef {import("./types.js").Curve} Curve
 * @typedef {[Curve, Curve]} Way From, to.
 */

import { still } from "../../shared/canvas.js";
import { ease } from "../../shared/ease.js";
import { keyOf } from "./verdicts.js";

const MOVE = 220;

/** @param {Curve[]} before @param {Curve[]} after @returns {Way[]} */
export function waysBetween(before, after) {
  const old = new Map(before.map((curve) => [keyOf(curve.source, curve.target), curve]));
  /** @type {Way[]} */
  const ways = [];
  const fresh = [];
  for (const curve of after) {
    const key = keyOf(curve.source, curve.target);
    const same = old.get(key);
    if (same) ways.push([same, curve]);
    else fresh.push(curve);
    old.delete(key);
  }
  const leaving = new Set(old.values());
  for (const curve of fresh) {
    let from = null;
    for (const one of leaving)
      if (one.source === curve.source || one.target === curve.target) {
        from = one;
        break;
      }
    if (from) leaving.delete(from);
    ways.push([from ?? { ...curve, alpha: 0 }, curve]);
  }
  for (const curve of leaving) ways.push([curve, { ...curve, alpha: 0 }]);
  return ways;
}

/** @param {Way} way @param {number} share @returns {Curve} */
export function between([from, to], share) {
  const mixed = { ...to };
  for (const name of /** @type {const} */ (["x0", "y0", "x1", "y1", "confidence", "alpha"]))
    mixed[name] = from[name] + (to[name] - from[name]) * share;
  return mixed;
}

/** @param {(curves: Curve[]) => void} draw */
export function createMorph(draw) {
  /** @type {Curve[]} */
  let now = [];
  /** @type {ReturnType<typeof ease> | null} */
  let move = null;

  return {
    /** @param {Curve[]} target @param {boolean} moving */
    go(target, moving) {
      move?.stop();
      const ways = moving && !still() ? waysBetween(now, target) : [];
      if (!ways.length) {
        now = target;
        draw(now);
        return;
      }
      // Nothing has moved yet: a first picture would only cost time.
      move = ease(MOVE, (share) => {
        now = share < 1 ? ways.map((way) => between(way, share)) : target;
        draw(now);
      });
    },
    stop: () => move?.stop(),
  };
}
