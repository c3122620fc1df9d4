/** Two lines: what is done to the sentence, and what was done; between them and bars, how a word matters. */

import { buttonRow } from "../../shared/button_row.js";
import { button, describe, element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { METHODS, WORDS } from "./design.js";
import { shareText } from "./paint.js";

/**
 * @param {import("./view.js").View} view
 * @param {HTMLElement[]} menus
 * @param {(name: string) => void} perturb
 */
export function createToolbar(view, menus, perturb) {
  const bar = element("div", "bvp-bar");
  const end = element("div", "bvp-end");
  const { buttons: names } = view.data;
  const row = buttonRow({
    role: "group",
    className: "bvp-pick bvp-lines bvp-kinds",
    label: "Change the sentence",
    names,
    isOn: (i) => view.state.get("edits").includes(names[i]),
    choose: (i) => perturb(names[i]),
  });
  end.append(...menus);
  bar.append(row.element, end);
  return {
    element: bar,
    update() {
      row.update();
      const refused = view.shown()?.now.refused ?? {};
      row.buttons.forEach((one, i) => {
        const why = view.state.get("edits").includes(names[i]) ? "" : (refused[names[i]] ?? "");
        one.title = why;
        one.setAttribute("aria-disabled", String(why !== ""));
      });
    },
  };
}

/**
 * Edits as chips, each of which can be undone.
 *
 * @param {import("./view.js").View} view
 * @param {(at: number) => void} undo
 * @param {() => void} editAll
 */
export function createChips(view, undo, editAll) {
  const box = element("div", "bvp-chips");
  const list = element("span", "bvp-options");
  const pencil = button("bvp-action", "write another sentence", editAll);
  describe(list, { role: "group", "aria-label": "Changes" });
  box.append(list, pencil);
  return {
    element: box,
    update() {
      const now = view.shown()?.now;
      if (!now) return;
      const chips = now.said.map((said, at) => {
        const chip = element("span", "bvp-chip", said);
        const close = button("", "×", () => undo(at));
        close.setAttribute("aria-label", `Undo: ${said}`);
        chip.append(close);
        return chip;
      });
      const hint =
        view.data.task === "mask"
          ? "click a word to mask it, twice to write another"
          : "click a word to write another";
      list.replaceChildren(...(chips.length ? chips : [element("span", "bvp-soft", hint)]));
    },
  };
}

/** @param {import("./view.js").View} view */
export function createMethods(view) {
  const box = element("div", "bvp-methods");
  const label = element("span", "bvp-soft");
  const faith = element("span", "bvp-soft bvp-faith");
  const names = Object.keys(view.data.methods);
  const row = buttonRow({
    role: "radiogroup",
    className: "bvp-options",
    label: WORDS.mattered,
    names: names.map((name) => METHODS[name] ?? name),
    isOn: (i) => names[i] === view.method(),
    choose: (i) => view.state.set({ method: names[i] }),
  });
  row.buttons.forEach((one, i) => {
    one.title = view.data.methods[names[i]];
  });
  box.append(label, row.element, faith);
  box.hidden = !names.length;
  return {
    element: box,
    update() {
      row.update();
      const now = view.shown()?.now;
      const target = view.state.get("target") || now?.target || "";
      setPieces(label, [`${WORDS.mattered} `, { bold: target }]);
      const found = now?.faithfulness[view.method()];
      faith.textContent = !view.mattered()
        ? "not asked yet"
        : found
          ? `${WORDS.faithful} ${shareOf(found[0])}, ${WORDS.random} ${shareOf(found[1])}`
          : "";
    },
  };
}

/** @param {number} share May be below zero. */
const shareOf = (share) => (share < 0 ? "−" : "") + shareText(Math.abs(share));
