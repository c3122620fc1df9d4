/**
 * The sense view: every occurrence of a word, layer by layer, and what the picture does not show.
 *
 * @typedef {import("./senses/types.js").Model} Model
 */

import "./senses.css";
import { describe, element } from "../shared/dom.js";
import { createFrame } from "./senses/frame.js";
import { createStore } from "./senses/store.js";

/**
 * @param {{ model: Model, el: HTMLElement }} view
 * @returns {() => void} Takes the view off the page.
 */
function render({ model, el }) {
  const root = element("div", "bvp bvp-senses");
  describe(root, { role: "group", "aria-label": "Sense view", tabindex: -1 });
  describe(root, { "data-lm-suppress-shortcuts": true });
  el.append(root);
  let takeOff = () => {};
  let turn = 0;

  async function build() {
    const mine = ++turn;
    takeOff();
    takeOff = () => {};
    if (!model.get("data")?.count) return sayEmpty(root);
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
  const text = "There is no occurrence to show. bp.occurrences(model, word, texts) finds them.";
  root.replaceChildren(element("p", "bvp-soft", text));
}

export default { render };
