/** The script of an output: draws the view in place of its picture, when it comes into sight. */

import { meetPicture } from "../shared/meeting.js";
import { unpack } from "../shared/packed.js";
import { CODE, pageOfViews } from "../shared/page.js";

/** A view is drawn when it is this near to the window's edge. */
const AHEAD = "300px";
const STYLES = "bertviz-plus-output";

const script = document.currentScript;
// VS Code runs a copy of the script, which it puts beside the output.
const output =
  script?.closest("[data-bertviz-plus]") ??
  script?.parentElement?.querySelector("[data-bertviz-plus]");
if (output instanceof HTMLElement) start(output);

/** @param {HTMLElement} place */
function start(place) {
  addStyles();
  if (pageOfViews().redrawing?.(place)) return;
  if (place.dataset.bertvizPlus === "picture") return meetPicture(place);
  if (typeof DecompressionStream === "undefined")
    return say(place, "this browser cannot unpack the view (it has no DecompressionStream)");
  // Its height is known: nothing below it moves when the view comes.
  place.style.height = `${place.dataset.height}px`;
  place.dataset.bertvizPlus = "waiting";
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      wake(place).catch((error) => {
        console.warn("bertviz_plus: an output cannot be made live", error);
        say(place, "its data are cut off or were changed; run the cell to make it live");
      });
    },
    { rootMargin: AHEAD },
  );
  observer.observe(place);
}

/** @param {HTMLElement} place */
async function wake(place) {
  const stored = await unpack(place.querySelector("script[data-packed]")?.textContent ?? "");
  const code = document.createElement("script");
  code.textContent = stored.code;
  // It runs as it is put on the page; a host that lets this script run lets that one too.
  document.head.append(code);
  code.remove();
  const holder = /** @type {any} */ (globalThis);
  const draw = holder[CODE];
  delete holder[CODE];
  await draw(place, stored);
}

/** @param {HTMLElement} place @param {string} why */
function say(place, why) {
  place.dataset.bertvizPlus = "failed";
  place.style.cssText = "";
  const line = place.querySelector("figcaption");
  if (line) line.textContent = `A picture: ${why}.`;
}

/** The picture stays for the printer. Some themes of Sphinx put HTML outputs on a light box in the dark. */
function addStyles() {
  if (document.getElementById(STYLES)) return;
  const styles = document.createElement("style");
  styles.id = STYLES;
  styles.textContent = `
[data-bertviz-plus=waiting]{overflow:hidden}
[data-bertviz-plus=waiting]>figure{height:100%}
[data-bertviz-plus=waiting] img{max-height:100%}
[data-bertviz-plus=waiting] figcaption,[data-bertviz-plus=live] figcaption{display:none}
div.cell_output .text_html:has([data-bertviz-plus]){background:none!important;padding:0!important}
@media screen{[data-bertviz-plus=live]>figure{display:none}}
@media print{[data-bertviz-plus]>.bvp-output{display:none}
[data-bertviz-plus=live][data-changed] figcaption{display:block}}`;
  document.head.append(styles);
}
