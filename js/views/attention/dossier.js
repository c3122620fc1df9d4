/**
 * All that is known of one head over a corpus.
 *
 * @typedef {import("./overview.js").Cell} Cell
 */

import { button, element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { counted, percent } from "../../shared/text.js";
import { signedText } from "./scale.js";

/** From a head to its dependents, as `relation_scores` names it. */
const DOWN = "head to dependent";

/**
 * @param {import("./types.js").Store} store
 * @param {Cell} cell
 * @param {{ open: (cell: Cell) => void, go: (place: number) => void }} to
 * @returns {HTMLElement[]}
 */
export function dossier({ statistics, shape }, cell, { open, go }) {
  if (!statistics) return [];
  const { columns, nearest, contexts, relations, corpus } = statistics;
  const { place, layer, head } = cell;
  const name = columns.pattern?.classes?.[Number(columns.pattern.values[place])].name;
  const title = element("h4", "", `layer ${layer}, head ${head}${name ? `: ${name}` : ""}`);
  const table = element("table");
  for (const column of Object.values(columns)) {
    const value = column.values[place];
    if (column.classes || value === null) continue;
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
  return [
    title,
    opener,
    ...follows(relations?.[place], columns.relation),
    like,
    heading,
    list,
    table,
  ];
}

/**
 * @param {import("./statistics_map.js").Relation[] | undefined} relations
 * @param {import("./statistics_map.js").Column | undefined} column
 * @returns {HTMLElement[]} What a head follows, beside the best fixed offset; its accuracy where it is the best
 *   of all heads is of words that did not choose it.
 */
function follows(relations, column) {
  if (!relations) return [];
  const over = `, over ${column?.corpus}`;
  if (!relations.length)
    return [element("p", "", `follows no relation better than a fixed offset does${over}`)];
  const table = element("table");
  for (const [name, direction, accuracy, offset, beside, n, best] of relations) {
    const line = table.insertRow();
    const way = direction === DOWN ? " (from head)" : "";
    const rival = `offset ${offset > 0 ? "+" : "−"}${Math.abs(offset)} ${percent(beside)}`;
    for (const text of [`${name}${way}`, percent(accuracy), rival, counted(n, "word")])
      line.insertCell().textContent = text;
    if (!best) continue;
    const [held, low, high] = best.map(percent);
    const more = table.insertRow().insertCell();
    more.colSpan = 4;
    more.textContent = `best of all heads; on the other half ${held} (${low}–${high})`;
  }
  return [element("p", "", `follows better than a fixed offset${over}`), table];
}

/** @param {import("./statistics_map.js").Column} column @param {number} value */
export function valueText({ unit, signed }, value) {
  if (signed) return `${signedText(value)} ${unit}`.trim();
  return unit ? `${+value.toPrecision(3)} ${unit}` : percent(value);
}
