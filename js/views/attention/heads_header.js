/**
 * Names of the columns, and the heads' numbers above the strips.
 *
 * @typedef {import("./heads_links.js").Scene} Scene
 */

import { element, place } from "../../shared/dom.js";
import { SQUARES_FROM, TOKEN_PAD } from "./heads_layout.js";

/**
 * @param {HTMLElement} header
 * @param {Scene} scene
 * @param {number} left Where the strips stand.
 */
export function buildHeader(header, { layout, sheet, heads }, left) {
  const names = columnNames(sheet).map((name) => element("span", "", name));
  place(names[0], { right: layout.width - layout.linkLeft + TOKEN_PAD });
  place(names[1], { left: layout.linkRight + TOKEN_PAD });
  place(header, { width: layout.width });
  const keys = Array.from({ length: sheet.heads }, (_, head) => {
    const key = element("span", "bvp-key", layout.cell < SQUARES_FROM ? "" : head);
    key.append(element("i"));
    place(key, { left: left + head * layout.cell, width: layout.cell });
    place(key, {
      opacity: heads.includes(head) ? "1" : ".25",
      "--bvp-c": `var(--bvp-head-${head % 16})`,
    });
    return key;
  });
  header.replaceChildren(...names, ...keys);
}

/**
 * @param {Scene["sheet"]} sheet
 * @returns {[string, string]}
 */
export function columnNames({ rows, columns }) {
  const same = rows.name === columns.name;
  return same ? ["from", "to"] : [`from ${rows.name}`, `to ${columns.name}`];
}
