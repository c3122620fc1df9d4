/** Two lines: what is done to the sentence, and what was done; between them and bars, how a word matters. */

import { buttonRow } from "../../shared/button_row.js";
import { button, describe, element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { METHODS, WORDS } from "./design.js";

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
 * @param {object} told
 * @param {(at: number) => void} told.undo An edit.
 * @param {() => void} told.undoText What was done to the sentence before any edit.
 * @param {() => void} told.editAll
 */
export function createChips(view, { undo, undoText, editAll }) {
  const box = element("div", "bvp-chips");
  const list = element("span", "bvp-options");
  const pencil = button("bvp-action", "write another sentence", editAll);
  describe(list, { role: "group", "aria-label": "Changes" });
  box.append(list, pencil);
  return {
    element: box,
    /** @param {string} replaced What was done to the sentence before any edit, empty for nothing. */
    update(replaced) {
      const now = view.shown()?.now;
      if (!now) return;
      /** @param {string} said @param {() => void} act */
      const chipOf = (said, act) => {
        const chip = element("span", "bvp-chip", said);
        const close = button("", "×", act);
        close.setAttribute("aria-label", `Undo: ${said}`);
        chip.append(close);
        return chip;
      };
      const chips = now.said.map((said, at) => chipOf(said, () => undo(at)));
      if (replaced) chips.unshift(chipOf(replaced, undoText));
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
    /** @param {boolean} isAsked Somebody is there to answer. */
    update(isAsked) {
      row.update();
      const now = view.shown()?.now;
      const target = view.state.get("target") || now?.target || "";
      setPieces(label, [`${WORDS.mattered} `, { bold: target }]);
      const found = now?.faithfulness[view.method()];
      faith.textContent = !view.mattered()
        ? isAsked
          ? "asking …"
          : "not asked before"
        : found
          ? `${WORDS.faithful} ${found[0].toFixed(2)} nats, ${WORDS.random} ${found[1].toFixed(2)}`
          : "";
      faith.title = WORDS.falls;
    },
  };
}
