import { button, element } from "../../shared/dom.js";

/** What Python writes, better than a browser could. */
const PYTHON = [
  ["Live page", 'view.export_html("heads.html")'],
  ["For papers", 'view.export_svg("figure.svg")'],
  ["", 'view.export_pdf("figure.pdf")'],
];

/**
 * @param {HTMLElement} panel
 * @param {() => void} save
 */
export function buildSaveMenu(panel, save) {
  panel.append(line("Picture", button("bvp-action", "save as PNG", save)));
  for (const [label, code] of PYTHON) panel.append(line(label, copied(code)));
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
  const made = button("bvp-action", code, () => {
    getSelection()?.selectAllChildren(made);
    navigator.clipboard?.writeText(code).then(() => {
      made.textContent = "copied";
    });
  });
  made.title = "Copy this line; view is your view";
  return made;
}
