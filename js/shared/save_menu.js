/** What is saved of a view: pictures and the page itself by the browser, the rest by Python where it is. */

import { composePicture, composeSvg } from "./compose.js";
import { button, element } from "./dom.js";
import { addLine } from "./menu.js";

/**
 * @typedef {object} Saved
 * @property {HTMLElement} figure
 * @property {import("./theme.js").Theme} theme
 * @property {string} title
 * @property {string} name Of the files that Python's lines write, without an ending.
 * @property {() => void} draw Sizes and draws all canvases anew.
 * @property {(() => string) | null} page The live view as one page; null where the browser has not all of it.
 * @property {boolean} hasPython
 */

/** @param {HTMLElement} panel @param {Saved} saved */
export function buildSaveMenu(panel, saved) {
  const { figure, theme, title, draw, page, name, hasPython } = saved;
  const row = element("span", "bvp-options");
  row.append(
    button("bvp-action", "save as PNG", () =>
      download(composePicture(figure, theme).toDataURL(), title, "png"),
    ),
    button("bvp-action", "save as SVG", () => {
      const svg = composeSvg(figure, theme, title, draw);
      // The canvases on screen were cleared.
      draw();
      downloadText(svg, "image/svg+xml", title, "svg");
    }),
  );
  addLine(panel, "As on screen", row);
  if (page)
    addLine(
      panel,
      "Live page",
      button("bvp-action", "save as HTML", () => downloadText(page(), "text/html", title, "html")),
    );
  if (!hasPython) {
    const lacking = page ? "" : "A live page, ";
    const said = `${lacking}PDF and sizes for print are written by Python, which is not joined to this view.`;
    panel.append(element("p", "", said));
    return;
  }
  panel.append(element("p", "", "In Python, with your view’s own name; a click copies the line"));
  addLine(panel, "Live page", copied(`your_view.export_html("${name}.html")`));
  addLine(panel, "For papers", copied(`your_view.export_svg("${name}.svg")`));
  addLine(panel, "", copied(`your_view.export_pdf("${name}.pdf")`));
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

/** @param {string} text @param {string} type @param {string} title @param {string} ending */
function downloadText(text, type, title, ending) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  download(url, title, ending);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** @param {string} href @param {string} title @param {string} ending */
function download(href, title, ending) {
  const link = element("a");
  link.href = href;
  link.download = `${title.replaceAll(/[^\p{L}\p{N}.-]+/gu, "_")}.${ending}`;
  link.click();
}
