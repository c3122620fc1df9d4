/** An output as a page of its own, as `export_html` writes it: what the output has stored is all it needs. */

import { PAGE, POLICY } from "./design.js";
import { element } from "./dom.js";

/**
 * @param {HTMLElement} place The output.
 * @param {string} theme
 * @param {(html: string) => string} updated Puts in what was changed since.
 * @returns {(() => string) | null} Null where the host took away the output's data or its script.
 */
export function livePage(place, theme, updated) {
  if (!place.querySelector("script[data-packed]") || !place.querySelector("script:not([type])"))
    return null;
  return () => {
    const copy = /** @type {HTMLElement} */ (place.cloneNode(true));
    copy.querySelector(".bvp-output")?.remove();
    for (const name of ["style", "data-changed", "hidden"]) copy.removeAttribute(name);
    copy.dataset.bertvizPlus = "";
    const title = element("p", "", copy.querySelector("img")?.alt ?? "").innerHTML;
    const scheme = theme === "auto" ? "light dark" : theme;
    /** @type {Record<string, string>} */
    const parts = { policy: POLICY, scheme, title, view: updated(copy.outerHTML) };
    return PAGE.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  };
}
