/**
 * What every head does over a corpus, as a map: one column of the statistics, or the pattern class.
 *
 * @typedef {import("./overview.js").Cell} Cell
 * @typedef {object} Column
 * @property {string} title
 * @property {string} unit Empty for a share.
 * @property {(number | null)[]} values By place; of classes their number.
 * @property {number | null} even The same under even attention.
 * @typedef {object} Statistics
 * @property {string} corpus "200 texts"
 * @property {Record<string, Column>} columns
 * @property {{ name: string, letter: string, hue: number }[]} classes
 * @property {[number, number, number][][] | null} nearest By place: layer, head, divergence.
 * @property {[number, string, string, string, string, string][][]} contexts By place: a weight, then a
 *   text, cut so that the second and fourth part are the two tokens that the link joins.
 */

import { ONE } from "../../shared/design.js";
import { button, describe, element, place } from "../../shared/dom.js";
import { counted, weightText } from "../../shared/text.js";
import { barList } from "./bars.js";
import { MAP_BAR, STRONGEST_HEADS } from "./design.js";
import { dossier, valueText } from "./dossier.js";
import { strongestCells } from "./head_map.js";
import { inCell } from "./scale.js";
import { weightScale } from "./weight_scale.js";

/** Letters are legible in smaller cells than numbers. */
const LETTER_FROM = 15;
const CLASS = "pattern";

/**
 * @param {import("./types.js").State} state
 * @param {Statistics} statistics
 */
export function statisticSelect(state, { columns }) {
  const select = element("select");
  describe(select, { "aria-label": "What the overview shows" });
  const options = [
    ["", "maps"],
    ...Object.entries(columns).map(([name, { title }]) => [name, title]),
  ];
  for (const [name, title] of options) select.append(new Option(title, name));
  select.value = state.get("statistic") ?? "";
  select.onchange = () => state.set({ statistic: select.value });
  return select;
}

/** @param {import("./types.js").Frame} frame */
export function statisticsMap(frame) {
  const { state, store, theme } = frame;
  /** @type {Cell | null} Whose dossier is open. */
  let chosen = null;
  /** @type {number | null} The class that the legend keeps. */
  let only = null;

  /**
   * @param {() => Cell[]} cells
   * @param {(cell: Cell) => void} open
   * @param {() => void} redraw
   * @returns {import("./head_map.js").HeadNumbers | null}
   */
  function numbers(cells, open, redraw) {
    const { statistics } = store;
    const name = state.get("statistic");
    if (!statistics || !(name in statistics.columns)) return null;
    const column = statistics.columns[name];
    const values = column.values.map((value) => value ?? Number.NaN);
    const { classes, corpus } = statistics;
    const isClass = name === CLASS;
    const most = Math.max(...values.filter((value) => value >= 0), column.even ?? 0);
    const hue = (/** @type {number} */ at) =>
      classes[at].hue < 0 ? theme().hair : theme().heads[classes[at].hue];
    const code = (/** @type {number} */ value) =>
      Math.round(ONE * Math.min(1, column.unit ? Math.max(0, value / (most || 1)) ** 2 : value));
    const said = (/** @type {number} */ at) =>
      isClass ? classes[values[at]].name : valueText(column, values[at]);

    function legend() {
      const lines = classes.map(({ name, letter }, at) => {
        const count = values.filter((value) => value === at).length;
        const line = button("bvp-class", "", () => {
          only = only === at ? null : at;
          redraw();
        });
        const mark = element("i", "", letter);
        place(mark, { "--bvp-c": `rgb(${hue(at)})` });
        line.append(mark, `${name} `, element("em", "", counted(count, "head")));
        line.setAttribute("aria-pressed", String(only === at));
        return line;
      });
      return lines;
    }

    function bars() {
      const best = strongestCells(values, cells(), STRONGEST_HEADS);
      const { list, fill } = barList(MAP_BAR);
      fill(
        best.map(({ layer, head, place: at }) => ({
          name: `${layer}-${head}`,
          value: column.unit ? values[at] / most : values[at],
          text: said(at),
        })),
        theme(),
      );
      const { unit, even } = column;
      const key = { even: even ?? undefined, name: unit || "share", most: unit ? most : 0 };
      return [list, weightScale(theme(), key)];
    }

    return {
      name: column.title,
      values,
      text: (value) =>
        isClass
          ? classes[value].letter
          : column.unit
            ? String(+value.toPrecision(2))
            : inCell(weightText(value)),
      colour: (value) => (isClass ? hue(value) : theme().rampRgb[code(value)]),
      from: isClass ? LETTER_FROM : undefined,
      left: (value) => isClass && only !== null && value !== only,
      words: (at) => `${column.title} ${Number.isNaN(values[at]) ? "undefined" : said(at)}`,
      caption: [column.title, `over ${corpus}`],
      rest: "Point at a head; click for its dossier, again to open it",
      choose(cell) {
        if (chosen?.place === cell.place) return open(cell);
        chosen = cell;
        redraw();
        frame.announce(panel.textContent ?? "");
        panel.scrollIntoView({ block: "nearest" });
      },
      panel(width) {
        panel = element("div", "bvp-pair bvp-statistics");
        place(panel, { width: width || 300 });
        panel.append(statisticSelect(state, statistics));
        const go = (/** @type {number} */ at) => {
          chosen = cells().find((cell) => cell.place === at) ?? null;
          redraw();
        };
        if (chosen) panel.append(...dossier(store, chosen, { open, go }));
        else panel.append(...(isClass ? legend() : bars()));
        return panel;
      },
    };
  }
  let panel = element("div");

  return Object.assign(numbers, {
    /** @returns {boolean} Whether a dossier or a filter was there to let go. */
    close() {
      const was = chosen !== null || only !== null;
      [chosen, only] = [null, null];
      return was;
    },
  });
}
