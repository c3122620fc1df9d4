/**
 * One line: how to look, then where, then what to do with it.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").Mode} Mode
 * @typedef {import("./types.js").Segments} Segments
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {import("../../shared/button_row.js").Row} Row
 */

import { buttonRow, picker } from "../../shared/button_row.js";
import { element } from "../../shared/dom.js";

/** @type {Segments[]} */
const SEGMENTS = ["all", "a→a", "a→b", "b→a", "b→b"];

/** @type {Mode[]} */
export const MODES = ["heads", "overview", "matrix", "neuron"];

/** @param {Frame} frame @param {HTMLElement[]} menus */
export function createToolbar(frame, menus) {
  const bar = element("div", "bvp-bar");
  const end = element("div", "bvp-end");
  const tabs = modeTabs(frame);
  /** @type {Row[]} */
  let pickers = [];
  end.append(...menus);
  bar.append(tabs.element, end);

  function update() {
    const everywhere = frame.state.get("mode") === "overview";
    for (const row of [tabs, ...pickers]) {
      row.update();
      row.element.hidden = everywhere && row.element.matches(".bvp-where");
    }
    requestAnimationFrame(showChosen);
  }

  /** In a narrow column a row of buttons is one line that scrolls. */
  function showChosen() {
    for (const { element: box, buttons } of pickers) {
      const chosen = buttons.find((one) => one.ariaPressed === "true");
      if (!chosen || box.scrollWidth <= box.clientWidth) continue;
      box.scrollLeft = chosen.offsetLeft + (chosen.offsetWidth - box.clientWidth) / 2;
    }
  }

  /** The kind of attention changed, and with it the layers and heads there are. */
  function rebuild() {
    const focused = pickers.findIndex((row) => row.element.matches(":focus-within"));
    for (const row of pickers) row.element.remove();
    const { layers, pair } = frame.store.shape();
    const kinds = frame.store.kinds();
    pickers = [valuePicker(frame, "layer", "Layer", layers, "bvp-where"), headPicker(frame)];
    const quantities = frame.store.quantities();
    if (quantities.length > 1)
      pickers.unshift(valuePicker(frame, "quantity", "Show", quantities, "bvp-kinds"));
    if (kinds.length > 1)
      pickers.unshift(valuePicker(frame, "attention_kind", "Attention", kinds, "bvp-kinds"));
    if (pair) pickers.push(segmentsPicker(frame));
    tabs.element.after(...pickers.map((row) => row.element));
    update();
    pickers[focused]?.buttons.find((one) => one.tabIndex === 0)?.focus();
  }
  rebuild();

  return { element: bar, update, rebuild };
}

/** @param {Frame} frame */
function modeTabs({ state }) {
  return buttonRow({
    role: "tablist",
    className: "bvp-tabs",
    label: "How to look",
    names: MODES.map((mode) => mode[0].toUpperCase() + mode.slice(1)),
    isOn: (i) => MODES[i] === state.get("mode"),
    choose: (i) => state.set({ mode: MODES[i] }),
  });
}

/**
 * One of several values of a field.
 *
 * @template {"attention_kind" | "layer" | "quantity"} Field
 * @param {Frame} frame
 * @param {Field} field
 * @param {string} label
 * @param {ViewState[Field][]} values
 * @param {string} more Classes.
 */
function valuePicker({ state, store }, field, label, values, more) {
  return picker({
    className: `bvp-lines ${more}`,
    label,
    names: values,
    isOn: (i) => values[i] === (state.get(field) ?? values[0]),
    choose: (i) => state.set(store.carried(field, values[i])),
  });
}

/**
 * Which sentences of a pair attend to which: folded, or the toolbar would take a second line.
 *
 * @param {Frame} frame
 * @returns {Row}
 */
function segmentsPicker({ state }) {
  const box = element("div", "bvp-pick bvp-where");
  const select = element("select");
  select.ariaLabel = "Sentences";
  select.append(...SEGMENTS.map((one) => new Option(one.toUpperCase().replace("ALL", "all"), one)));
  select.onchange = () => state.set({ segments: /** @type {Segments} */ (select.value) });
  box.append(element("span", "", "Sentences"), select);
  const update = () => {
    select.value = state.get("segments");
  };
  return { element: box, buttons: [], update };
}

/** @param {Frame} frame */
function headPicker({ state, store }) {
  const names = Array.from({ length: store.shape().heads }, (_, head) => head);
  /** None is chosen where their mean is. */
  function on() {
    const heads = state.get("heads");
    if (heads === "mean") return [];
    return heads.slice(0, state.get("mode") === "neuron" ? 1 : undefined);
  }

  /** @param {number} head @param {MouseEvent} event */
  function choose(head, event) {
    state.preview(null);
    const heads = on();
    // A finger has no Shift: once a head was chosen, taps add.
    const touch = /** @type {PointerEvent} */ (event).pointerType === "touch";
    const adding = event.shiftKey || event.metaKey || (touch && heads.length < names.length);
    const again = heads.length === 1 && heads[0] === head;
    if (state.get("mode") === "neuron") state.set({ heads: [head] });
    else if (adding) state.set({ heads: withOrWithout(heads, head) });
    else state.set({ heads: again ? names : [head] });
  }

  const row = picker({
    className: "bvp-heads bvp-where",
    label: "Heads",
    names,
    isOn: (head) => on().includes(head),
    choose,
  });
  row.buttons.forEach((one, head) => {
    one.style.setProperty("--bvp-c", `var(--bvp-head-${head % 16})`);
    // A button that appears under a resting mouse is entered; only a hand moves over it.
    one.onpointermove = ({ pointerType }) => {
      if (pointerType === "mouse") state.preview({ heads: [head] });
    };
    one.onpointerleave = () => state.preview(null);
  });
  return row;
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
