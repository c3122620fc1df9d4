/** The way from the overview into a head and back to the same place. */

/** @typedef {import("./types.js").State} State */

/** @type {WeakSet<State>} */
const inside = new WeakSet();
/** @type {WeakSet<State>} */
const returning = new WeakSet();

/** @param {State} state */
export function opened(state) {
  inside.add(state);
}

/**
 * @param {State} state
 * @returns {boolean}
 */
export function cameFromOverview(state) {
  return inside.has(state);
}

/**
 * @param {State} state
 * @returns {boolean} Whether the matrix was opened from the overview, and goes back there now.
 */
export function goBack(state) {
  if (!inside.delete(state)) return false;
  returning.add(state);
  state.set({ mode: "overview" });
  return true;
}

/**
 * @param {State} state
 * @returns {boolean} Asked once: whether the overview is shown again after a head was looked at.
 */
export function cameBack(state) {
  inside.delete(state);
  return returning.delete(state);
}
