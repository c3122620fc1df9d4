/** What is predicted before and after: two columns of words, bars and probabilities, with lines between. */

import { fadeOut, size } from "../../shared/canvas.js";
import { button, describe, element, place } from "../../shared/dom.js";
import { css } from "../../shared/theme.js";
import { COLUMNS, WORDS } from "./design.js";
import { columnsHeight, placeColumns, rowMiddle } from "./layout.js";
import { changeColour, paintMoves, paintRows, shareText } from "./paint.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Move} Move */

/**
 * @param {import("./view.js").View} view
 * @param {(choice: string) => void} choose
 */
export function createColumns(view, choose) {
  const box = element("div", "bvp-columns");
  const canvas = element("canvas");
  const [before, after] = ["bvp-before", "bvp-after"].map((name) => element("div", name));
  const hint = element("p", "bvp-soft bvp-hint");
  describe(canvas, { "aria-hidden": true });
  for (const list of [before, after]) list.setAttribute("role", "list");
  box.append(canvas, before, after, hint);
  let width = 1;
  /** @type {string | null} */
  let lit = null;

  /** @param {Answer} answer @param {Move[]} moves @param {boolean} isAfter */
  function rowsOf(answer, moves, isAfter) {
    const { column, name, bar, after: left } = placeColumns(width, view.isCompared());
    const x = isAfter ? left : 0;
    const across = column + (isAfter ? COLUMNS.mark : 0);
    const title = element(
      "span",
      "bvp-head",
      view.isCompared() ? (isAfter ? WORDS.after : WORDS.before) : WORDS.now,
    );
    place(title, { left: x, top: 0, width: name });
    const rows = answer.choices.map((choice, row) => {
      const move = isAfter ? moves.find(({ to }) => to === row) : undefined;
      const line = button("bvp-row", "", () => choose(choice));
      const share = shareText(answer.probabilities[row]);
      const mark = move ? markOf(move) : "";
      line.append(element("span", "bvp-name", choice), element("span", "bvp-share", share));
      if (move) {
        const sign = element("span", "bvp-sign", mark);
        sign.style.color = changeColour(move.change, view.theme());
        line.append(sign);
      }
      const target = view.shown()?.now.target;
      line.dataset.choice = choice;
      describe(line, {
        "aria-label": `${choice} ${share}${move ? `, ${saidOf(move)}` : ""}`,
        "aria-pressed": choice === (view.state.get("target") || target),
      });
      place(line, { left: x, top: rowMiddle(row) - COLUMNS.row / 2, width: across });
      place(line, { height: COLUMNS.row, "--bvp-name": `${name}px`, "--bvp-bar": `${bar}px` });
      return line;
    });
    return [title, ...rows];
  }

  function paint() {
    const both = view.shown();
    if (!both) return;
    const { first, now } = both;
    const isCompared = view.isCompared();
    const columns = placeColumns(width, isCompared);
    const rows = Math.max(first.choices.length, now.choices.length);
    const moves = view.moves();
    const theme = view.theme();
    const most = Math.max(...(isCompared ? first.probabilities : []), ...now.probabilities);
    const pen = size(canvas, width, columnsHeight(rows));
    const lengths = (/** @type {Answer} */ { probabilities }) =>
      Array.from(probabilities, (one) => (columns.bar * one) / most);
    const plain = css(theme.soft, 0.55);
    if (isCompared) {
      paintRows(pen, lengths(first), columns.name, () => plain);
      paintRows(pen, lengths(now), columns.after + columns.name, (row) => {
        const change = moves.find(({ to }) => to === row)?.change;
        return change ? changeColour(change, theme) : plain;
      });
      paintMoves(pen, moves, columns, rows, theme, lit);
    } else paintRows(pen, lengths(now), columns.name, () => css(theme.link));
  }

  return {
    element: box,

    /** @param {number} room */
    layout(room) {
      width = room;
      const both = view.shown();
      if (!both) return;
      const { first, now } = both;
      const isCompared = view.isCompared();
      const moves = isCompared ? view.moves() : [];
      fadeOut(canvas);
      const focused = /** @type {HTMLElement | null} */ (box.querySelector(":focus"))?.dataset
        .choice;
      before.replaceChildren(...(isCompared ? rowsOf(first, [], false) : []));
      after.replaceChildren(...rowsOf(now, moves, isCompared));
      const rows = Math.max(first.choices.length, now.choices.length);
      place(box, { height: columnsHeight(rows) });
      if (focused)
        [...after.querySelectorAll("button")]
          .find((one) => one.dataset.choice === focused)
          ?.focus();
      const { column } = placeColumns(width, isCompared);
      hint.textContent =
        isCompared || width - column < 200
          ? ""
          : "Change the sentence, with a button above or by hand: what was predicted before will stand beside what is predicted after.";
      place(hint, { left: column + 40, width: Math.max(0, Math.min(300, width - column - 40)) });
      paint();
    },
    paint,

    /** @param {EventTarget | null} target @returns {string | null} */
    choiceAt(target) {
      const row = target instanceof Element ? target.closest(".bvp-row") : null;
      return row instanceof HTMLElement ? (row.dataset.choice ?? null) : null;
    },

    /** @param {string | null} choice */
    light(choice) {
      if (lit === choice) return;
      lit = choice;
      for (const row of box.querySelectorAll(".bvp-row"))
        row.classList.toggle("bvp-on", /** @type {HTMLElement} */ (row).dataset.choice === lit);
      paint();
    },
  };
}

/** @param {Move} move @returns {string} */
export function markOf({ from, rise }) {
  if (from === null) return WORDS.new;
  if (!rise) return "=";
  return rise > 0 ? `▲${rise}` : `▼${-rise}`;
}

/** @param {Move} move */
function saidOf({ from, rise }) {
  if (from === null) return "not among those before";
  if (!rise) return "same place";
  return `${Math.abs(rise)} ${rise > 0 ? "up" : "down"}`;
}
