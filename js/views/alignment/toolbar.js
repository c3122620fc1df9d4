/** One line: by which method, at which layer, what is shown, which pair; save and help. */

import { buttonRow } from "../../shared/button_row.js";
import { button, describe, element } from "../../shared/dom.js";
import { createPager } from "../../shared/pager.js";

/** More names than this become a list to choose from. */
const FEW = 3;

/**
 * @param {import("./view.js").View} view
 * @param {object} actions
 * @param {(step: number, method: string) => void} actions.go
 * @param {(pair: number) => void} actions.turn
 * @param {() => void} actions.fold
 * @param {() => boolean} actions.isFolded
 * @param {HTMLElement[]} menus
 */
export function createToolbar(view, { go, turn, fold, isFolded }, menus) {
  const { data, store, state } = view;
  const bar = element("div", "bvp-bar");
  const updates = [
    store.names.length > FEW ? methodList() : methodTabs(),
    layerSlider(),
    switches(),
    pager(),
  ];
  const end = element("div", "bvp-end");
  end.append(...menus);
  bar.append(end);

  function methodTabs() {
    const row = buttonRow({
      role: "group",
      className: "bvp-pick bvp-lines bvp-kinds",
      label: "Method",
      names: store.names,
      isOn: (i) => store.names[i] === view.method(),
      choose: (i) => go(view.step(), store.names[i]),
    });
    row.buttons.forEach((one, i) => {
      one.title = data.methods[i]?.title ?? "given links";
    });
    if (store.names.length) bar.append(row.element);
    return row.update;
  }

  function methodList() {
    const label = element("label", "bvp-choose", "Method");
    const list = element("select");
    for (const name of store.names) {
      const option = element("option", "", name);
      option.value = name;
      option.title = data.methods.find((one) => one.name === name)?.title ?? "given links";
      list.append(option);
    }
    list.addEventListener("change", () => go(view.step(), list.value));
    label.append(list);
    bar.append(label);
    return () => {
      list.value = view.method();
    };
  }

  function layerSlider() {
    const label = element("label", "bvp-layer", "Layer");
    const input = element("input");
    const output = element("b");
    const last = data.hidden_layers.length - 1;
    Object.assign(input, { type: "range", min: "0", max: String(last), step: "1" });
    input.addEventListener("input", () => go(Number(input.value), view.method()));
    label.append(input, output);
    if (last > 0) bar.append(label);
    return () => {
      input.value = String(view.step());
      output.textContent = String(view.layer());
      input.setAttribute("aria-valuetext", `layer ${view.layer()}`);
      input.disabled = view.isImported();
    };
  }

  function switches() {
    const row = element("div", "bvp-lines bvp-pick bvp-kinds");
    describe(row, { role: "group", "aria-label": "Shown" });
    const flip = (/** @type {"show_gold" | "show_similarity" | "drawing"} */ name) => () =>
      state.set({ [name]: !state.get(name) });
    const canGold = () => view.gold() !== null && !view.drawing();
    /** @type {[string, string, boolean, () => boolean, () => void][]} */
    const all = [
      ["Gold", "Compare with gold", true, () => view.withGold() && canGold(), flip("show_gold")],
      [
        "Cosines",
        "Show the cosines of all words",
        data.hidden_layers.length > 0,
        view.cosines,
        flip("show_similarity"),
      ],
      ["Map", "All methods, or the one in view", store.methods.length > 1, () => !isFolded(), fold],
      ["Draw", "Draw and delete links", true, view.drawing, flip("drawing")],
    ];
    const updates = all
      .filter(([, , applies]) => applies)
      .map(([name, title, , isOn, press]) => {
        const made = button("", name, press);
        made.title = title;
        row.append(made);
        return () => {
          made.setAttribute("aria-pressed", String(isOn()));
          made.disabled = name === "Gold" && !canGold();
        };
      });
    bar.append(row);
    return () => {
      for (const update of updates) update();
    };
  }

  function pager() {
    const made = createPager(data.pairs.length, "pair", view.pair, turn);
    if (data.pairs.length > 1) bar.append(made.element);
    return made.update;
  }

  return {
    element: bar,
    update() {
      for (const update of updates) update();
    },
  };
}
