/**
 * All that is known of one head over a corpus.
 *
 * @typedef {import("./overview.js").Cell} Cell
 */

import { button, element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { percent } from "../../shared/text.js";

/**
 * @param {import("./types.js").Store} store
 * @param {Cell} cell
 * @param {{ open: (cell: Cell) => void, go: (place: number) => void }} to
 * @returns {HTMLElement[]}
 */
export function dossier({ statistics, shape }, cell, { open, go }) {
  if (!statistics) return [];
  const { columns, classes, nearest, contexts, corpus } = statistics;
  const { place, layer, head } = cell;
  const name = columns.pattern && classes[Number(columns.pattern.values[place])].name;
  const title = element("h4", "", `layer ${layer}, head ${head}: ${name}`);
  const table = element("table");
  for (const [key, column] of Object.entries(columns)) {
    const value = column.values[place];
    if (key === "pattern" || value === null) continue;
    const line = table.insertRow();
    const even =
      column.even === null
        ? ""
        : `even ${column.unit ? +column.even.toPrecision(2) : percent(column.even)}`;
    for (const text of [column.title, valueText(column, value), even])
      line.insertCell().textContent = text;
  }
  const { layers, heads } = shape();
  const like = element("p", "", nearest ? "most alike (JS, nats a token): " : "");
  for (const [other, one, divergence] of nearest?.[place] ?? [])
    like.append(
      button("bvp-turn", `${other}-${one} ${divergence.toFixed(3)}`, () =>
        go(layers.indexOf(other) * heads + one),
      ),
      " ",
    );
  const list = element("ol");
  for (const [weight, ...parts] of contexts[place] ?? []) {
    const line = element("li");
    const pieces = parts.map((text, at) => (at % 2 ? { bold: text } : { isolate: text }));
    setPieces(line, [`${weight.toFixed(2)} `, ...pieces]);
    list.append(line);
  }
  const heading = element("p", "", list.children.length ? `strongest links in ${corpus}` : "");
  const opener = button("bvp-turn", "open this head", () => open(cell));
  return [title, opener, like, heading, list, table];
}

/** @param {import("./statistics_map.js").Column} column @param {number} value */
export function valueText({ unit }, value) {
  return unit ? `${+value.toPrecision(3)} ${unit}` : percent(value);
}
