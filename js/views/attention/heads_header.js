/**
 * Names of the columns, and the heads' numbers above the strips.
 *
 * @typedef {import("./heads_links.js").Scene} Scene
 */

import { element } from "../../shared/dom.js";
import { SQUARES_FROM, TOKEN_PAD } from "./heads_layout.js";

/**
 * @param {HTMLElement} header
 * @param {Scene} scene
 * @param {number} left Where the strips stand.
 */
export function buildHeader(header, { layout, sheet, heads }, left) {
  const { from, to } = columnNames(sheet);
  const fromName = element("span", "", from);
  const toName = element("span", "", to);
  fromName.style.right = `${layout.width - layout.linkLeft + TOKEN_PAD}px`;
  toName.style.left = `${layout.linkRight + TOKEN_PAD}px`;
  header.style.width = `${layout.width}px`;
  const all = Array.from({ length: sheet.heads }, (_, head) => head);
  const made = all.map((head) => {
    const key = element("i", heads.includes(head) ? "" : "bvp-off");
    const number = layout.cell >= SQUARES_FROM ? String(head) : "";
    key.style.cssText = `left:${left + head * layout.cell}px;width:${layout.cell}px;--bvp-c:var(--bvp-head-${head % 16})`;
    key.textContent = number;
    return key;
  });
  header.replaceChildren(fromName, toName, ...made);
}

/** @param {Scene["sheet"]} sheet */
export function columnNames({ rows, columns }) {
  const named = rows.name !== columns.name;
  return {
    from: named ? `from ${rows.name}` : "from",
    to: named ? `to ${columns.name}` : "to",
  };
}
