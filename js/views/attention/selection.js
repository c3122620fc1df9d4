/**
 * `selected_tokens` counts all units of a kind, whatever is filtered; an axis counts what it shows.
 *
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
  const others = adding ? selected.filter((one) => one !== unit) : [];
  return selected.includes(unit) ? others : [...others, unit];
}
