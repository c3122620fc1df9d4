/**
 * Names of the columns, and the heads' numbers above the strips.
 *
 * @typedef {import("./heads_links.js").Scene} Scene
 */

import { element, place } from "../../shared/dom.js";
import { SQUARES_FROM, TOKEN_PAD } from "./design.js";
import { focusSpan } from "./heads_links.js";

/** @param {HTMLElement} header @param {Scene} scene */
export function buildHeader(header, { layout, data, heads }) {
  const names = columnNames(data).map((name) => element("span", "", name));
  place(names[0], { right: layout.width - layout.linkLeft + TOKEN_PAD });
  place(names[1], { left: layout.linkRight + TOKEN_PAD });
  place(header, { width: layout.width });
  const keys = (/** @type {number} */ left) =>
    Array.from({ length: data.heads }, (_, head) => {
      const key = element("span", "bvp-key", layout.cell < SQUARES_FROM || data.mean ? "" : head);
      key.append(element("i"));
      place(key, { left: left + head * layout.cell, width: layout.cell });
      place(key, {
        opacity: heads.includes(head) ? "1" : ".55",
        "--bvp-c": `var(--bvp-${data.mean ? "ink" : `head-${head % 16}`})`,
      });
      return key;
    });
  const aside = element("div", "bvp-keys-aside");
  aside.append(...keys(focusSpan(layout, "to").strip));
  header.replaceChildren(...names, ...keys(layout.strip), aside);
}

/** @param {Scene["data"]} data @returns {[string, string]} */
export function columnNames({ rows, columns }) {
  const same = rows.name === columns.name;
  return same ? ["from", "to"] : [`from ${rows.name}`, `to ${columns.name}`];
}
