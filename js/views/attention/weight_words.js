/** A weight in words: how large, how exact, beside what. */
import { EXACT } from "../../shared/design.js";
import { weightText } from "../../shared/text.js";
import { evenInRow } from "./even.js";
import { rankOf, rowOf } from "./matrix_profile.js";

/**
 * @param {import("./types.js").FigureData} data
 * @param {import("./head_mean.js").MeanMap} map
 * @param {{ row: number, column: number }} at
 * @param {{ causal: boolean, quantity: string }} of
 * @returns {string[]} The weight, its rank in the row, and its baseline; a signed number alone.
 */
export function weightWords(data, map, { row, column }, { causal, quantity }) {
  const weight = map.at(row, column);
  if (Number.isNaN(weight)) return ["missing: not a finite number"];
  if (data.scale.signed) return [`${quantity} ${data.scale.text(weight)}`];
  return [
    `${quantity} ${weightText(weight)} ± ${EXACT}`,
    `rank ${rankOf(rowOf(map, row), column)} of ${map.columns}`,
    `even spread ${weightText(evenInRow(data.rows, data.columns, row, causal))}`,
  ];
}
