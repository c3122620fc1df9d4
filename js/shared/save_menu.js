import { composePicture } from "./compose.js";
import { button, element } from "./dom.js";
import { addLine } from "./menu.js";

/**
 * The picture on screen, and the lines with which Python writes better ones.
 *
 * @param {HTMLElement} panel
 * @param {() => void} save
 * @param {string} name Of the files, without an ending.
 */
export function buildSaveMenu(panel, save, name) {
  addLine(panel, "As on screen", button("bvp-action", "save as PNG", save));
  panel.append(element("p", "", "In Python, where view is your view; a click copies the line"));
  addLine(panel, "Live page", copied(`view.export_html("${name}.html")`));
  addLine(panel, "For papers", copied(`view.export_svg("${name}.svg")`));
  addLine(panel, "", copied(`view.export_pdf("${name}.pdf")`));
}

/**
 * @param {string} code
 * @returns {HTMLButtonElement} A line of Python, copied at a click; selected where the host forbids it.
 */
function copied(code) {
  const made = button("bvp-code", code, () => {
    getSelection()?.selectAllChildren(made);
    navigator.clipboard?.writeText(code).then(() => {
      made.textContent = "copied";
    });
  });
  return made;
}

/** @param {HTMLElement} page @param {import("./theme.js").Theme} theme @param {string} title */
export function savePicture(page, theme, title) {
  const link = element("a");
  link.href = composePicture(page, theme).toDataURL();
  link.download = `${title.replaceAll(/[^\p{L}\p{N}.-]+/gu, "_")}.png`;
  link.click();
}
