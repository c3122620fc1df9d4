/** The way from the overview into a head and back to the same place. */

/** @typedef {import("./types.js").State} State */

/** @type {WeakMap<State, "inside" | "returning">} */
const trail = new WeakMap();

/** @param {State} state */
export const opened = (state) => trail.set(state, "inside");

/** @param {State} state */
export const cameFromOverview = (state) => trail.get(state) === "inside";

/**
 * @param {State} state
 * @returns {boolean} Whether the matrix was opened from the overview, and goes back there now.
 */
export function goBack(state) {
  const came = cameFromOverview(state);
  if (came) {
    trail.set(state, "returning");
    state.set({ mode: "overview" });
  }
  return came;
}

/**
 * @param {State} state
 * @returns {boolean} Asked once: whether the overview is shown again after a head was looked at.
 */
export function cameBack(state) {
  const back = trail.get(state) === "returning";
  trail.delete(state);
  return back;
}
