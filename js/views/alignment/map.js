/** How well each method aligns at each layer; a click on a cell goes there. */

import { button, clamp, describe, element, listen, place } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { counted } from "../../shared/text.js";
import { css, luminance } from "../../shared/theme.js";
import {
  ASIDE,
  CELL,
  DARK_INK,
  FEW_ROWS,
  LABEL,
  LIGHT,
  LIGHT_INK,
  NARROW,
  NARROW_LABEL,
  NUMBERED,
  PALEST,
  RANGE,
  ROW,
  SAYS,
  TIES,
  WORST,
} from "./design.js";
import { mapValues } from "./map_values.js";
import { isKnown } from "./verdicts.js";

/**
 * @param {import("./view.js").View} view
 * @param {{ go: (step: number, method: string) => void, tell: (text: string) => void }} actions
 */
export function createMap(view, { go, tell }) {
  const { data, store } = view;
  const box = element("div", "bvp-map");
  const grid = element("div", "bvp-cells");
  const side = element("div", "bvp-aside");
  describe(grid, { role: "group", "aria-label": "Layers and methods" });
  box.append(grid, side);
  const steps = data.hidden_layers.length;
  /** @type {HTMLButtonElement[][]} By method, then layer. */
  let cells = [];
  /** @type {HTMLElement[]} */
  let heads = [];
  /** @type {HTMLElement[]} */
  let labels = [];
  /** @type {import("./map_values.js").Values | null} */
  let shown = null;
  let folded = false;
  let [width, cellWidth] = [0, 0];
  const corner = element("span", "bvp-axis");
  const beside = element("span");

  /**
   * @param {HTMLButtonElement} made
   * @param {() => string} text Read while it is pointed at.
   */
  function telling(made, text) {
    made.tabIndex = -1;
    listen(made, { pointerenter: () => tell(text()), pointerleave: () => tell("") });
    return made;
  }

  const rowHeight = () => (store.methods.length > FEW_ROWS ? ROW.many : ROW.few);

  function build() {
    const narrow = width < NARROW;
    const label = narrow ? NARROW_LABEL : LABEL;
    cellWidth = clamp(Math.floor((width - label - 8) / Math.max(1, steps)), CELL.least, CELL.most);
    const height = rowHeight();
    place(grid, {
      "grid-template-columns": `${label}px repeat(${steps}, ${cellWidth}px)`,
      "grid-auto-rows": `${height}px`,
    });
    heads = data.hidden_layers.map((layer) => element("span", "bvp-axis", layer));
    labels = data.methods.map(({ name, title }) => {
      const made = button("bvp-label", name, () => go(view.step(), name));
      made.title = `links ${title}`;
      return telling(made, () => `${name} links ${title}`);
    });
    cells = data.methods.map(({ name }, row) =>
      data.hidden_layers.map((_, step) => {
        const cell = button("bvp-cell", "", () => go(step, name));
        return telling(cell, () => describeCell(row, step));
      }),
    );
    grid.replaceChildren(corner, ...heads, ...cells.flatMap((row, k) => [labels[k], ...row]));
    box.classList.toggle("bvp-beside", !folded && width - label - steps * cellWidth > ASIDE);
  }

  /**
   * @param {number} step
   * @param {number} row
   * @returns {string} What a value is compared with.
   */
  function baseline(step, row) {
    if (shown?.measure !== "aer") return view.chance(step, row);
    const value = view.diagonalOf(shown.pairs);
    return !isKnown(value) ? "" : `diagonal ${value.toFixed(2)}`;
  }

  /** @param {number} row @param {number} step */
  function describeCell(row, step) {
    const value = shown?.values[step * store.methods.length + row] ?? Number.NaN;
    const what = shown?.measure === "aer" ? "alignment error rate" : "mean confidence";
    const number = !isKnown(value) ? "nothing to count" : `${what} ${value.toFixed(3)}`;
    const { name, title } = data.methods[row];
    const said = `${name}, layer ${data.hidden_layers[step]}: ${number}`;
    return [said, baseline(step, row), `${name} links ${title}`].filter(Boolean).join("; ");
  }

  function fillCells() {
    const theme = view.theme();
    if (!shown) return;
    const { measure, values } = shown;
    const aer = measure === "aer";
    const known = [...values].filter(isKnown);
    const best = aer ? Math.min(...known) : Math.max(...known);
    const ties = known.filter((value) => Math.abs(value - best) < 1e-6).length;
    cells.forEach((row, k) => {
      row.forEach((cell, step) => {
        const value = values[step * store.methods.length + k];
        const good = aer ? 1 - Math.sqrt(Math.max(0, value) / WORST) : value;
        const share = !isKnown(value) ? 0 : clamp(good, 0, 1) * RANGE + PALEST;
        const colour = theme.rampRgb[Math.round(share ** 2 * 254)];
        const text = value.toFixed(2).replace(/^0/, "");
        cell.textContent = cellWidth >= NUMBERED && isKnown(value) ? text : "";
        place(cell, {
          background: css(colour),
          color: luminance(colour) > LIGHT ? DARK_INK : LIGHT_INK,
        });
        // An element and not a pseudo-element: a saved picture has it too.
        if (ties <= TIES && Math.abs(value - best) < 1e-6)
          cell.append(element("span", "bvp-best", "•"));
        cell.setAttribute("aria-label", describeCell(k, step));
      });
    });
    corner.textContent = aer ? SAYS.aer : SAYS.confidence;
    fillSide(best, ties, aer);
  }

  /** @param {number} best @param {number} ties @param {boolean} aer */
  function fillSide(best, ties, aer) {
    side.replaceChildren();
    if (data.pairs.length > 1) {
      const choice = element("div", "bvp-lines bvp-of");
      for (const [of, name] of /** @type {const} */ ([
        ["all", "all pairs"],
        ["pair", "this pair"],
      ])) {
        const made = button("", name, () => view.state.set({ map_of: of }));
        made.setAttribute("aria-pressed", String(view.state.get("map_of") === of));
        choice.append(made);
      }
      side.append(choice);
    }
    const tied =
      ties > TIES ? `best ${best.toFixed(2)}, reached by ${counted(ties, "cell")}` : SAYS.best;
    side.append(element("span", "", `${aer ? SAYS.aer_better : SAYS.confidence_better}; ${tied}`));
    if (shown?.note) side.append(element("span", "", shown.note));
    side.append(beside);
  }

  function mark() {
    const [row, step] = [store.methods.indexOf(view.method()), view.step()];
    const one = Math.max(0, row);
    cells.forEach((line, k) => {
      const hidden = folded && k !== one;
      labels[k].hidden = hidden;
      labels[k].setAttribute("aria-pressed", String(k === row));
      line.forEach((cell, at) => {
        const here = k === row && at === step;
        // An attribute that is written again makes the browser lay out every cell again.
        if (cell.hidden !== hidden) cell.hidden = hidden;
        cell.classList.toggle("bvp-here", here);
        cell.tabIndex = k === one && at === step ? 0 : -1;
        if (here) cell.setAttribute("aria-current", "true");
        else cell.removeAttribute("aria-current");
      });
    });
    heads.forEach((head, at) => {
      head.classList.toggle("bvp-now", at === step);
    });
    const against = baseline(step, one);
    const how = shown?.measure === "aer" ? SAYS.aer_baseline : SAYS.confidence_baseline;
    beside.textContent = against && `${against} (${how})`;
  }

  grid.addEventListener("keydown", (event) => {
    const arrow = arrowStep(event);
    const row = cells.findIndex((line) => line.some((cell) => cell === event.target));
    if (!arrow || row < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const step = clamp(view.step() + arrow[0], 0, steps - 1);
    const next = folded ? row : clamp(row + arrow[1], 0, cells.length - 1);
    go(step, store.methods[next]);
    cells[next][step].focus({ preventScroll: true });
  });

  return {
    element: box,
    /**
     * @param {number} room
     * @param {boolean} closed Only the method's own row.
     */
    layout(room, closed) {
      width = room;
      folded = closed;
      box.hidden = !store.methods.length;
      build();
    },
    /** @param {boolean} counting Values may have changed, too. */
    update(counting) {
      if (counting) {
        shown = mapValues(view);
        fillCells();
      }
      mark();
    },
    /** How high it is with all its rows. */
    fullHeight: () => (store.methods.length ? 24 + store.methods.length * rowHeight() : 0),
  };
}
