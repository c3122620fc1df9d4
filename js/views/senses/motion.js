/**
 * The points on their way from layer to layer: each keeps its identity, none blinks.
 *
 * @typedef {import("./places.js").Places} Places
 * @typedef {import("./labels.js").Label} Label
 */

import { still } from "../../shared/canvas.js";
import { ease } from "../../shared/ease.js";
import { betweenLabels } from "./labels.js";

/**
 * @param {object} about
 * @param {(step: number) => Places | null} about.placesAt
 * @param {(step: number) => Label[]} about.labelsAt
 * @param {() => void} about.frame Draws the current state.
 */
export function createMotion({ placesAt, labelsAt, frame }) {
  let x = new Float32Array(0);
  let y = new Float32Array(0);
  /** @type {Label[]} */
  let labels = [];
  /** Between two steps while things move. */
  let at = 0;
  /** @type {ReturnType<typeof ease> | null} */
  let move = null;

  /** @param {{ x: Float32Array, y: Float32Array }} from @param {Places} to @param {number} share */
  function mix(from, to, share) {
    if (x.length !== to.x.length) {
      x = new Float32Array(to.x.length);
      y = new Float32Array(to.x.length);
    }
    if (share >= 1 || from.x.length !== to.x.length) {
      x.set(to.x);
      y.set(to.y);
      return;
    }
    for (let i = 0; i < x.length; i++) {
      x[i] = from.x[i] + (to.x[i] - from.x[i]) * share;
      y[i] = from.y[i] + (to.y[i] - from.y[i]) * share;
    }
  }

  function stop() {
    move?.stop();
    move = null;
  }

  /**
   * @param {number} step
   * @returns {boolean} False while this layer is not here.
   */
  function jump(step) {
    stop();
    const places = placesAt(step);
    if (!places) return false;
    mix(places, places, 1);
    labels = labelsAt(step);
    at = step;
    frame();
    return true;
  }

  return {
    /** Current places, in CSS pixels. */
    now: () => ({ x, y, labels, at }),
    moving: () => move?.isMoving() ?? false,
    stop,
    jump,

    /** @param {number} step @param {number} milliseconds @param {() => void} [done] */
    go(step, milliseconds, done) {
      const target = placesAt(step);
      if (!target || still() || x.length !== target.x.length) {
        jump(step);
        done?.();
        return;
      }
      stop();
      const from = { x: x.slice(), y: y.slice() };
      const [fromLabels, toLabels, fromStep] = [labels, labelsAt(step), at];
      move = ease(milliseconds, (share) => {
        mix(from, target, share);
        labels = share < 1 ? betweenLabels(fromLabels, toLabels, share) : toLabels;
        at = share < 1 ? fromStep + (step - fromStep) * share : step;
        frame();
        if (share >= 1) done?.();
      });
    },

    /** @param {number} place Between two steps, as the slider is held. */
    scrub(place) {
      stop();
      const [low, high] = [Math.floor(place), Math.ceil(place)];
      const [before, after] = [placesAt(low), placesAt(high)];
      if (!before || !after) {
        jump(Math.round(place));
        return;
      }
      const share = place - low;
      mix(before, after, low === high ? 1 : share);
      labels = betweenLabels(labelsAt(low), labelsAt(high), low === high ? 1 : share);
      at = place;
      frame();
    },
  };
}
