/**
 * What `bertviz_plus/design.json` says to all views. The build replaces this file, and the `design.js` of
 * each view, with their constants: a bundle carries those that it uses.
 */

import design from "../../bertviz_plus/design.json" with { type: "json" };

const { palette, weights, page } = design;

export const DARK_UNDER = palette.dark_under_luminance;
export const { one: ONE, missing: MISSING, worth_saying: WORTH_SAYING, exact_to: EXACT } = weights;
export const { palest_bar: PALEST_BAR, scale_ticks: SCALE_TICKS } = weights;

export const { policy: POLICY, html: PAGE } = page;

/** Colours in the order in which `theme.js` reads them. */
export const COLOURS = { light: listed(palette.light), dark: listed(palette.dark) };

/** @param {typeof palette.light} colours */
function listed({ ramp, ink, soft, hairline, wash, focus, heads, ...more }) {
  const { negative, positive, missing, link, unlinked } = more;
  const single = [ink, soft, hairline, wash, focus, negative, positive, missing, link, unlinked];
  return [...ramp, ...single, ...heads].join("").replaceAll("#", "");
}
