/** A weight in words: how large, how exact, beside what. */
import { weightText } from "../../shared/text.js";
import { evenInRow } from "./even.js";
import { rankOf, rowOf } from "./matrix_profile.js";

/** Half a step of eight bits, rounded up. */
const EXACT = "0.002";

/**
 * @param {import("./types.js").Sheet} sheet
 * @param {import("./head_mean.js").MeanMap} map
 * @param {{ row: number, column: number }} at
 * @param {boolean} causal
 * @returns {string[]} The weight, its rank in the row, and its baseline.
 */
export function weightWords(sheet, map, { row, column }, causal) {
  const weight = map.at(row, column);
  if (Number.isNaN(weight)) return ["missing: not a finite number"];
  return [
    `${weightText(weight)} ± ${EXACT}`,
    `rank ${rankOf(rowOf(map, row), column)} of ${map.columns}`,
    `even spread ${weightText(evenInRow(sheet.rows, sheet.columns, row, causal))}`,
  ];
}
