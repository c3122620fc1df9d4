/**
 * The alignment view: words that mean the same, layer by layer and method by method.
 *
 * @typedef {import("./alignment/types.js").Model} Model
 */

import "./alignment.css";
import { describe, element } from "../shared/dom.js";
import { createFrame } from "./alignment/frame.js";
import { createStore } from "./alignment/store.js";

/**
 * @param {{ model: Model, el: HTMLElement }} view
 * @returns {() => void} Takes the view off the page.
 */
function render({ model, el }) {
  const root = element("div", "bvp bvp-alignment");
  describe(root, { role: "group", "aria-label": "Alignment view", tabindex: -1 });
  describe(root, { "data-lm-suppress-shortcuts": true });
  el.append(root);
  let takeOff = () => {};
  let turn = 0;

  async function build() {
    const mine = ++turn;
    takeOff();
    takeOff = () => {};
    if (!model.get("data")?.pairs?.length) return sayEmpty(root);
    /** @type {ReturnType<typeof createFrame> | null} */
    let frame = null;
    const store = await createStore(model, () => frame?.arrived());
    if (mine !== turn) return store.destroy();
    root.replaceChildren();
    frame = createFrame(root, model, store);
    takeOff = () => {
      frame?.destroy();
      store.destroy();
    };
  }

  const rebuild = () => {
    build().catch((error) => {
      console.error("bertviz_plus: the data cannot be read", error);
      root.replaceChildren(element("p", "", `These data cannot be read: ${error.message}`));
    });
  };
  model.on("change:data", rebuild);
  rebuild();
  return () => {
    turn++;
    model.off("change:data", rebuild);
    takeOff();
    root.remove();
  };
}

/** @param {HTMLElement} root */
function sayEmpty(root) {
  const text =
    "There is no pair of sentences to show. bp.AlignmentView.of(model, source, target) makes a view of one.";
  root.replaceChildren(element("p", "bvp-soft", text));
}

export default { render };
