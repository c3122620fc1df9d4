/**
 * One line: how to look, then where, then what to do with it.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").Mode} Mode
 * @typedef {import("./types.js").Kind} Kind
 */

import { button, describe, element } from "../../shared/dom.js";
import { rove, stopAt } from "../../shared/keyboard.js";

/** @type {Mode[]} */
export const MODES = ["heads", "overview", "matrix", "neuron"];

/**
 * @param {Frame} frame
 * @param {HTMLElement[]} menus
 */
export function createToolbar(frame, menus) {
  const bar = element("div", "bvp-bar");
  const end = element("div", "bvp-end");
  end.append(...menus);
  const tabs = modeTabs(frame);
  let pickers = pickersFor(frame);
  bar.append(tabs.element, ...pickers.map((picker) => picker.element), end);

  function update() {
    tabs.update();
    for (const picker of pickers) picker.update();
  }
  update();

  return {
    element: bar,
    update,
    /** The kind of attention changed, and with it the layers and heads there are. */
    rebuild() {
      const focused = pickers.findIndex(({ element: box }) => box.contains(document.activeElement));
      for (const picker of pickers) picker.element.remove();
      pickers = pickersFor(frame);
      tabs.element.after(...pickers.map((picker) => picker.element));
      update();
      const stop = pickers[focused]?.element.querySelector("[tabindex='0']");
      if (stop instanceof HTMLElement) stop.focus();
    },
  };
}

/** @param {Frame} frame */
function pickersFor(frame) {
  const kinds = frame.store.kinds();
  return [...(kinds.length > 1 ? [kindPicker(frame)] : []), layerPicker(frame), headPicker(frame)];
}

/** @param {Frame} frame */
function modeTabs({ state }) {
  const tabs = element("div", "bvp-tabs");
  describe(tabs, { role: "tablist", "aria-label": "How to look" });
  const buttons = MODES.map((mode) => {
    const tab = button("", mode[0].toUpperCase() + mode.slice(1), () => state.set({ mode }));
    tab.setAttribute("role", "tab");
    return tab;
  });
  tabs.append(...buttons);
  rove(tabs);
  function update() {
    const at = MODES.indexOf(state.get("mode"));
    buttons.forEach((tab, i) => {
      describe(tab, { "aria-selected": i === at });
    });
    stopAt(buttons, buttons[at]);
  }
  return { element: tabs, update };
}

/**
 * @param {string} className
 * @param {string} label
 */
function picker(className, label) {
  const box = element("div", `bvp-pick ${className}`);
  const name = element("span", "", label);
  describe(box, { role: "group", "aria-label": label });
  box.append(name);
  rove(box);
  return { box, name };
}

/**
 * @param {HTMLButtonElement[]} buttons
 * @param {(i: number) => boolean} isOn
 */
function press(buttons, isOn) {
  buttons.forEach((one, i) => {
    describe(one, { "aria-pressed": isOn(i) });
  });
  const stop =
    buttons.find((one) => one === document.activeElement) ?? buttons.find((_, i) => isOn(i));
  stopAt(buttons, stop ?? buttons[0]);
}

/** @param {Frame} frame */
function kindPicker({ state, store }) {
  const { box } = picker("bvp-lines", "Attention");
  const kinds = store.kinds();
  const buttons = kinds.map((kind) =>
    button("", kind, () => state.set({ attention_kind: kind, selected_tokens: [] })),
  );
  box.append(...buttons);
  return {
    element: box,
    update: () => press(buttons, (i) => kinds[i] === state.get("attention_kind")),
  };
}

/** @param {Frame} frame */
function layerPicker({ state, store }) {
  const { box } = picker("bvp-lines", "Layer");
  const { layers } = store.shape();
  const buttons = layers.map((layer) => button("", String(layer), () => state.set({ layer })));
  buttons.forEach((one, i) => {
    describe(one, { "aria-label": `layer ${layers[i]}` });
  });
  box.append(...buttons);
  function update() {
    box.hidden = state.get("mode") === "overview";
    press(buttons, (i) => layers[i] === state.get("layer"));
  }
  return { element: box, update };
}

/** @param {Frame} frame */
function headPicker({ state, store }) {
  const { box, name } = picker("bvp-heads", "Heads");
  const count = store.shape().heads;
  const all = Array.from({ length: count }, (_, head) => head);
  const single = () => state.get("mode") === "neuron";
  const reset = () => state.set({ heads: single() ? [state.get("heads")[0]] : all });

  /**
   * @param {number} head
   * @param {boolean} adding
   */
  function choose(head, adding) {
    state.preview(null);
    const heads = state.get("heads");
    const alone = heads.length === 1 && heads[0] === head;
    if (single()) state.set({ heads: [head] });
    else if (adding) state.set({ heads: withOrWithout(heads, head) });
    else if (alone) reset();
    else state.set({ heads: [head] });
  }

  const buttons = all.map((head) => {
    const one = button("", String(head), (event) => {
      // A finger has no Shift: once a head was chosen, taps add.
      const touch = /** @type {PointerEvent} */ (event).pointerType === "touch";
      const adding = event.shiftKey || event.metaKey || event.ctrlKey;
      choose(head, adding || (touch && state.get("heads").length < count));
    });
    describe(one, { "aria-label": `head ${head}`, style: `--bvp-c:var(--bvp-head-${head % 16})` });
    one.addEventListener("dblclick", reset);
    one.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType === "mouse") state.preview({ heads: [head] });
    });
    one.addEventListener("pointerleave", () => state.preview(null));
    return one;
  });
  box.append(...buttons);

  function update() {
    box.hidden = state.get("mode") === "overview";
    name.textContent = single() ? "Head" : "Heads";
    const on = single() ? state.get("heads").slice(0, 1) : state.get("heads");
    press(buttons, (head) => on.includes(head));
  }
  return { element: box, update };
}

/**
 * @param {number[]} heads
 * @param {number} head
 * @returns {number[]} Never empty: without any head there is nothing to see.
 */
export function withOrWithout(heads, head) {
  if (!heads.includes(head)) return [...heads, head].sort((a, b) => a - b);
  return heads.length > 1 ? heads.filter((one) => one !== head) : heads;
}
