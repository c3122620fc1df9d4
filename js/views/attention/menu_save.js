/** @typedef {import("./types.js").Frame} Frame */

import { button, element } from "../../shared/dom.js";

/** What Python writes, better than a browser could. */
const PYTHON = [
  ["Live page", 'view.export_html("heads.html")'],
  ["Vector, for papers", 'view.export_svg("figure.svg")'],
  ["", 'view.export_pdf("figure.pdf")'],
];

/**
 * @param {HTMLElement} panel
 * @param {{ save: () => void, announce: (text: string) => void, close: () => void }} actions
 */
export function buildSaveMenu(panel, { save, announce, close }) {
  const row = element("div", "bvp-choice");
  row.append(
    element("span", "", "Picture"),
    button("bvp-action", "save as PNG", () => {
      save();
      close();
    }),
  );
  panel.append(row, element("p", "", "In Python, where view is your view:"));
  for (const [label, line] of PYTHON) panel.append(pythonLine(label, line, announce));
}

/**
 * @param {string} label
 * @param {string} line
 * @param {(text: string) => void} announce
 */
function pythonLine(label, line, announce) {
  const row = element("div", "bvp-choice");
  const code = element("code", "", line);
  const copy = button("bvp-action", "copy", async () => {
    await copyText(code);
    copy.textContent = "copied";
    announce("copied");
  });
  copy.setAttribute("aria-label", `copy ${line}`);
  const right = element("span", "bvp-code");
  right.append(code, copy);
  row.append(element("span", "", label), right);
  return row;
}

/** @param {HTMLElement} code Selected where the host forbids the clipboard. */
async function copyText(code) {
  try {
    await navigator.clipboard.writeText(code.textContent ?? "");
  } catch {
    getSelection()?.selectAllChildren(code);
    document.execCommand("copy");
  }
}
