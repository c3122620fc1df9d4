/**
 * The traits of the attention view.
 *
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {import("./types.js").State} State
 * @typedef {keyof ViewState} Field
 * @typedef {import("../../shared/view_state.js").Model} Model
 */

import { createViewState } from "../../shared/view_state.js";

/** @type {Field[]} */
export const FIELDS = [
  "mode",
  "layer",
  "heads",
  "side",
  "selected_tokens",
  "combine",
  "threshold",
  "units",
  "hide_special",
  "segments",
  "attention_kind",
  "theme",
  "height",
];

/**
 * Python carries a selection along when one of these changes: what it is to be comes after.
 *
 * @type {Field[]}
 */
const CARRYING = ["units", "side", "attention_kind"];

/**
 * @param {Model} model
 * @returns {State & { destroy: () => void }}
 */
export const createState = (model) => createViewState(model, FIELDS, CARRYING);
