/** Buttons for those who neither turn a wheel nor know the keys. */
import { button, describe, element } from "../../shared/dom.js";

export const ZOOM_STEP = 1.6;

/** @type {[string, string, number][]} */
const BUTTONS = [
  ["+", "Zoom in", ZOOM_STEP],
  ["−", "Zoom out", 1 / ZOOM_STEP],
  ["0", "Show the whole map", 0],
];

/** @param {(factor: number) => void} zoomBy 0 shows the whole. */
export function zoomButtons(zoomBy) {
  const row = element("div", "bvp-zoom");
  for (const [text, title, factor] of BUTTONS) {
    const one = button("", text, () => zoomBy(factor));
    describe(one, { "aria-label": title, title });
    row.append(one);
  }
  return row;
}
