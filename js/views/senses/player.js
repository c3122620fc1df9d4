/** Plays the layers one after the other: each moves, then rests. */

const MOVE = 420;
const REST = 620;

/**
 * @param {object} about
 * @param {() => number[]} about.steps Those that can be played.
 * @param {() => number} about.now
 * @param {(step: number, milliseconds: number) => void} about.show
 * @param {(playing: boolean) => void} about.changed
 */
export function createPlayer({ steps, now, show, changed }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function stop() {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    changed(false);
  }

  function next() {
    const step = steps().find((one) => one > now());
    if (step === undefined) return stop();
    show(step, MOVE);
    timer = setTimeout(next, MOVE + REST);
  }

  return {
    stop,
    playing: () => timer !== undefined,
    toggle() {
      if (timer !== undefined) return stop();
      const [first] = steps();
      const ended = steps().every((one) => one <= now());
      if (ended && first !== undefined) show(first, MOVE);
      timer = setTimeout(next, ended ? MOVE + REST : 0);
      changed(true);
    },
  };
}
