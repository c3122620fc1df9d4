import { button, element } from "./dom.js";

/**
 * The picture that is on screen, and the lines with which Python writes better ones.
 *
 * @param {HTMLElement} panel
 * @param {() => void} save
 * @param {string} name Of the files, without an ending.
 */
export function buildSaveMenu(panel, save, name) {
  panel.append(
    line("As on screen", button("bvp-action", "save as PNG", save)),
    element("p", "", "In Python, where view is your view; a click copies the line"),
    line("Live page", copied(`view.export_html("${name}.html")`)),
    line("For papers", copied(`view.export_svg("${name}.svg")`)),
    line("", copied(`view.export_pdf("${name}.pdf")`)),
  );
}

/**
 * @param {string} label
 * @param {HTMLElement} what
 */
function line(label, what) {
  const made = element("div", "bvp-choice");
  made.append(element("span", "", label), what);
  return made;
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
