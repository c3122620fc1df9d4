/** One line: what is drawn below, at which layer, by which head, which sentence; save and help. */

import { buttonRow, picker } from "../../shared/button_row.js";
import { element, place } from "../../shared/dom.js";
import { createPager } from "../../shared/pager.js";

/**
 * @param {import("./view.js").View} view
 * @param {HTMLElement[]} menus
 */
export function createToolbar(view, menus) {
  const { data, state } = view;
  const bar = element("div", "bvp-bar");
  const end = element("div", "bvp-end");
  const sources = buttonRow({
    role: "group",
    className: "bvp-pick bvp-lines bvp-kinds",
    label: "Below",
    names: data.sources.map((name) => (name === "mean" ? "mean of heads" : name)),
    isOn: (i) => data.sources[i] === view.source(),
    choose: (i) => state.set({ source: data.sources[i] }),
  });
  const layers = layerSlider();
  const heads = picker({
    className: "bvp-lines bvp-heads",
    label: "Head",
    names: Array.from({ length: data.heads }, (_, head) => head),
    isOn: (i) => i === view.head(),
    choose: (i) => state.set({ head: i }),
  });
  const bars = heads.buttons.map((one) => one.appendChild(element("i")));
  const offsets = picker({
    className: "bvp-lines",
    label: "Words on",
    names: data.offsets.map((offset) => (offset > 0 ? `+${offset}` : `−${-offset}`)),
    isOn: (i) => i === view.offset(),
    choose: (i) => state.set({ offset: data.offsets[i] }),
  });
  const pager = createPager(data.sentences, "sentence", view.sentence, (sentence) =>
    state.set({ sentence }),
  );
  end.append(...menus);
  bar.append(sources.element, layers.element, heads.element, offsets.element);
  if (data.sentences > 1) bar.append(pager.element);
  bar.append(end);

  function layerSlider() {
    const label = element("label", "bvp-layer", "Layer");
    const input = element("input");
    const output = element("b");
    Object.assign(input, { type: "range", min: "0", step: "1" });
    input.addEventListener("input", () =>
      state.set({ [view.layerTrait()]: view.layers()[Number(input.value)] }),
    );
    label.append(input, output);
    return {
      element: label,
      update() {
        input.max = String(view.layers().length - 1);
        input.value = String(view.step());
        output.textContent = String(view.layer());
        input.setAttribute("aria-valuetext", `layer ${view.layer()}`);
      },
    };
  }

  return {
    element: bar,
    update() {
      const source = view.source();
      layers.element.hidden = source === "offset";
      heads.element.hidden = source !== "head";
      offsets.element.hidden = source !== "offset";
      sources.update();
      layers.update();
      heads.update();
      bars.forEach((bar, head) => {
        if (source !== "head") return;
        const uuas = view.uuas(undefined, head);
        heads.buttons[head].title = `UUAS ${uuas}`;
        place(bar, { height: Math.round(24 * (Number(uuas) || 0)) });
      });
      offsets.update();
      pager.update();
    },
  };
}
