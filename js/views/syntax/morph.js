/**
 * The lower arcs on their way to another tree: a word's arc slides from its old head to its new one; where
 * it crosses a break, it fades in.
 *
 * @typedef {import("./types.js").Arc} Arc
 * @typedef {import("./types.js").Piece} Piece
 */

import { still } from "../../shared/canvas.js";
import { ease } from "../../shared/ease.js";

const MOVE = 200;

/** @param {Arc[]} before @param {Arc[]} after @param {number} share @returns {Arc[]} */
export function between(before, after, share) {
  const old = new Map(before.map((arc) => [arc.word, arc]));
  return after.map((arc) => {
    const from = old.get(arc.word);
    if (!from || !isWhole(from) || !isWhole(arc))
      return { ...arc, alpha: from?.head === arc.head ? 1 : share };
    return { ...arc, pieces: [mixed(from.pieces[0], arc.pieces[0], share)] };
  });
}

/** @param {Arc} arc */
const isWhole = ({ pieces }) => pieces.length === 1;

/** @param {Piece} from @param {Piece} to @param {number} share @returns {Piece} */
function mixed(from, to, share) {
  const part = (/** @type {"x0" | "x1" | "rise"} */ name) =>
    from[name] + (to[name] - from[name]) * share;
  return { ...to, x0: part("x0"), x1: part("x1"), rise: part("rise") };
}

/** @param {(arcs: Arc[]) => void} draw */
export function createMorph(draw) {
  /** @type {Arc[]} */
  let now = [];
  /** @type {ReturnType<typeof ease> | null} */
  let move = null;

  return {
    /** @param {Arc[]} target @param {boolean} moving */
    go(target, moving) {
      move?.stop();
      const before = now;
      if (!moving || !before.length || still()) {
        now = target;
        draw(now);
        return;
      }
      move = ease(MOVE, (share) => {
        now = share < 1 ? between(before, target, share) : target;
        draw(now);
      });
    },
    stop: () => move?.stop(),
  };
}
