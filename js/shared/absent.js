/**
 * Says why something is not shown: Python has it, and was not asked to store it with the view.
 *
 * @param {string} what With its verb, such as "Layer 3 is".
 * @param {string} works What can be looked at all the same.
 * @returns {string}
 */
export function absentNote(what, works) {
  return `${what} not stored with this view, and Python, which has it, does not answer. To see it, run the cell; to store everything, make the view with embed="all".${works && ` What still works: ${works}.`}`;
}
