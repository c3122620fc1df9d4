/** @typedef {keyof import("./types.js").ViewState} Field */

/** @type {Field[]} The traits of the attention view. */
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
  "pair",
  "quantity",
  "statistic",
  "off",
  "theme",
  "height",
];

/** @type {Field[]} Python carries a selection along when one of these changes: the new one comes after. */
export const CARRYING = ["units", "side", "attention_kind", "quantity"];
