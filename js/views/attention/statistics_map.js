/**
 * What every head does over a corpus, as a map: one column of the statistics, or the pattern class.
 *
 * @typedef {import("./overview.js").Cell} Cell
 * @typedef {object} Column
 * @property {string} title
 * @property {string} unit Empty for a share.
 * @property {(number | null)[]} values By place; of classes their number.
 * @property {number | null} even The same under even attention.
 * @property {{ name: string, letter: string, hue: number | null }[]} [classes] Without a hue, shades colour
 *   them.
 * @property {number[]} [shades] By place, from 0 to 1.
 * @property {boolean} [signed] Whether its sign is drawn.
 * @property {string} [corpus] Where it is another than that of the rest.
 * @typedef {[string, string, number, number, number, number, [number, number, number] | null]} Relation Its
 *   name, a direction, the head's accuracy, an offset and its accuracy, how many words; and the accuracy on
 *   the other half with its interval, where no head follows the relation better.
 * @typedef {object} Statistics
 * @property {string} corpus "200 texts"
 * @property {Record<string, Column>} columns
 * @property {[number, number, number][][] | null} nearest By place: layer, head, divergence.
 * @property {[number, string, string, string, string, string][][]} contexts By place: a weight, then a
 *   text, cut so that the second and fourth part are the two tokens that the link joins.
 * @property {Relation[][]} [relations] By place: what a head follows better than any fixed offset.
 */

import { ONE } from "../../shared/design.js";
import { button, describe, element, place } from "../../shared/dom.js";
import { counted, weightText } from "../../shared/text.js";
import { barList } from "./bars.js";
import { MAP_BAR, PAIR_WORDS, SIGNED_WORDS, STRONGEST_HEADS } from "./design.js";
import { dossier, valueText } from "./dossier.js";
import { strongestCells } from "./head_map.js";
import { codeOf, coloursOf, inCell, numberInCell, scaleTo, signColour } from "./scale.js";
import { weightScale } from "./weight_scale.js";

/** Letters are legible in smaller cells than numbers. */
const LETTER_FROM = 15;

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
  /** @type {{ name: string, at: number } | null} The class that the legend keeps, and of which column. */
  let only = null;
  /** @type {HTMLElement | null} */
  let panel = null;

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
    const { classes, shades } = column;
    const corpus = column.corpus ?? statistics.corpus;
    const kept = only?.name === name ? only.at : null;
    const most = Math.max(...values.filter((value) => value >= 0), column.even ?? 0);
    const largest = Math.max(0, ...values.map(Math.abs).filter((value) => value >= 0));
    const scale = scaleTo(column.signed ? largest || 1 : 0);
    const hue = (/** @type {number | null} */ of) =>
      of === null ? theme().paper : of < 0 ? theme().hair : theme().heads[of];
    const code = (/** @type {number} */ value) =>
      Math.round(ONE * Math.min(1, column.unit ? Math.max(0, value / (most || 1)) ** 2 : value));
    const said = (/** @type {number} */ at) =>
      classes ? classes[values[at]].name : valueText(column, values[at]);

    /** @param {NonNullable<typeof classes>} all */
    function legend(all) {
      const lines = all.map(({ name: title, letter, hue: of }, at) => {
        const count = values.filter((value) => value === at).length;
        const line = button("bvp-class", "", () => {
          only = kept === at ? null : { name, at };
          redraw();
        });
        const mark = element("i", "", letter);
        place(mark, { "--bvp-c": of === null ? "transparent" : `rgb(${hue(of)})` });
        line.append(mark, `${title} `, element("em", "", counted(count, "head")));
        line.setAttribute("aria-pressed", String(kept === at));
        return line;
      });
      return shades ? [...lines, weightScale(theme(), { name: PAIR_WORDS.above })] : lines;
    }

    function bars() {
      const best = strongestCells(values, cells(), STRONGEST_HEADS, scale.signed);
      const { list, fill } = barList(MAP_BAR);
      fill(
        best.map(({ layer, head, place: at }) => ({
          name: `${layer}-${head}`,
          value: scale.signed
            ? Math.abs(values[at]) / scale.most
            : column.unit
              ? values[at] / most
              : values[at],
          text: said(at),
          colour: scale.signed ? signColour(theme(), values[at]) : undefined,
        })),
        theme(),
      );
      const { unit, even } = column;
      const name = unit || "share";
      const key = scale.signed
        ? { name, scale }
        : { even: even ?? undefined, name, most: unit ? most : 0 };
      return [list, weightScale(theme(), key)];
    }

    return {
      name: column.title,
      values,
      text: (value) =>
        classes
          ? classes[value].letter
          : column.unit || scale.signed
            ? numberInCell(value, largest)
            : inCell(weightText(value)),
      colour(value, at) {
        if (scale.signed) return coloursOf(theme(), scale).rgb[codeOf(scale, value)];
        const of = classes?.[value].hue ?? null;
        return of === null ? theme().rampRgb[code(shades?.[at] ?? value)] : hue(of);
      },
      from: classes && !shades ? LETTER_FROM : undefined,
      left: (value) => kept !== null && value !== kept,
      words: (at) => `${column.title} ${Number.isNaN(values[at]) ? "undefined" : said(at)}`,
      caption: [column.title, `over ${corpus}`, ...(scale.signed ? [SIGNED_WORDS.colours] : [])],
      rest: "Point at a head; click for its dossier, again to open it",
      choose(cell) {
        if (chosen?.place === cell.place) return open(cell);
        chosen = cell;
        redraw();
        frame.announce(panel?.textContent ?? "");
        panel?.scrollIntoView({ block: "nearest" });
      },
      panel(width) {
        const box = element("div", "bvp-pair bvp-statistics");
        panel = box;
        place(box, { width: width || 300 });
        box.append(statisticSelect(state, statistics));
        const go = (/** @type {number} */ at) => {
          chosen = cells().find((cell) => cell.place === at) ?? null;
          redraw();
        };
        if (chosen) box.append(...dossier(store, chosen, { open, go }));
        else box.append(...(classes ? legend(classes) : bars()));
        return box;
      },
    };
  }

  return Object.assign(numbers, {
    /** @returns {boolean} Whether a dossier or a filter was there to let go. */
    close() {
      const was = chosen !== null || only !== null;
      [chosen, only] = [null, null];
      return was;
    },
  });
}
