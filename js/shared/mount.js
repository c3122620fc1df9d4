/**
 * A view whose data are read before it can be drawn: put on the page, read again when they change.
 *
 * @typedef {import("./view_state.js").Model} Model
 * @typedef {{ destroy(): void }} Destroyable
 */

import { describe, element } from "./dom.js";

/**
 * @template {Destroyable} Store
 * @param {object} about
 * @param {string} about.name Of the class that its styles begin with.
 * @param {string} about.label What a screen reader says of it.
 * @param {(data: any) => boolean} about.isEmpty
 * @param {string} about.whenEmpty What to do where there is nothing to show.
 * @param {(model: Model, arrived: () => void) => Promise<Store>} about.createStore
 * @param {(root: HTMLElement, model: Model, store: Store) => Destroyable & { arrived(): void }} about.createFrame
 */
export function mounted({ name, label, isEmpty, whenEmpty, createStore, createFrame }) {
  /**
   * @param {{ model: Model, el: HTMLElement }} view
   * @returns {() => void} Takes the view off the page.
   */
  function render({ model, el }) {
    const root = element("div", `bvp ${name}`);
    describe(root, { role: "group", "aria-label": label, tabindex: -1 });
    describe(root, { "data-lm-suppress-shortcuts": true });
    el.append(root);
    let takeOff = () => {};
    let turn = 0;

    async function build() {
      const mine = ++turn;
      takeOff();
      takeOff = () => {};
      const data = model.get("data");
      if (!data || isEmpty(data)) {
        root.dataset.drawn = "";
        return root.replaceChildren(element("p", "bvp-soft", whenEmpty));
      }
      /** @type {ReturnType<typeof createFrame> | null} */
      let frame = null;
      const store = await createStore(model, () => frame?.arrived());
      if (mine !== turn) return store.destroy();
      root.replaceChildren();
      frame = createFrame(root, model, store);
      root.dataset.drawn = "";
      takeOff = () => {
        frame?.destroy();
        store.destroy();
      };
    }

    const rebuild = () => {
      build().catch((error) => {
        console.error("bertviz_plus: the data cannot be read", error);
        root.dataset.drawn = "";
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

  return { render };
}
