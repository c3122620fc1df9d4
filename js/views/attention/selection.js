/**
 * `selected_tokens` counts all units of the current kind, whatever is filtered; an axis counts what
 * it shows.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {import("./types.js").Axis} Axis
 */

/**
 * @param {Axis} axis
 * @param {number[]} units
 * @returns {number[]} Places on the axis; what is filtered away has none.
 */
export function placesOf(axis, units) {
  return units.map((unit) => axis.unit.indexOf(unit)).filter((place) => place >= 0);
}

/**
 * @param {number[]} selected
 * @param {number} unit
 * @param {boolean} adding
 * @returns {number[]} A unit that is selected already is let go.
 */
export function toggled(selected, unit, adding) {
  if (selected.includes(unit)) return adding ? selected.filter((one) => one !== unit) : [];
  return adding ? [...selected, unit] : [unit];
}

/**
 * @param {Frame} frame
 * @param {ViewState["units"]} units
 * @returns {number[]} The selection, counted in other units.
 */
export function translated({ state, store }, units) {
  const { side, selected } = { side: state.get("side"), selected: state.get("selected_tokens") };
  if (units === state.get("units")) return selected;
  return store.translate(side === "from" ? "rows" : "columns", selected, units);
}
