/**
 * A view whose data are read before it can be drawn: put on the page, read again when they change.
 *
 * @typedef {import("./host_model.js").HostModel} HostModel
 * @typedef {{ destroy(): void }} Destroyable
 * @typedef {Destroyable & { arrived(): void, drawn?: Promise<unknown> }} Frame
 */

import { describe, element } from "./dom.js";
import { keepFocus } from "./shell.js";
import { createViewState } from "./view_state.js";

/**
 * @template {Destroyable} Store
 * @param {object} about
 * @param {string} about.name Of the class that its styles begin with.
 * @param {string} about.label What a screen reader says of it.
 * @param {string[]} about.fields The traits that a reader changes.
 * @param {string[]} [about.carrying] Sent first: Python changes others with them.
 * @param {(data: any) => boolean} about.isEmpty
 * @param {string} about.whenEmpty What to do where there is nothing to show.
 * @param {(model: HostModel, state: any, arrived: () => void) => Store | Promise<Store>}
 *   about.createStore
 * @param {(root: HTMLElement, model: HostModel, state: any, store: Store) => Frame}
 *   about.createFrame
 */
export function mounted(about) {
  /**
   * @param {{ model: HostModel, el: HTMLElement }} view
   * @returns {() => void} Takes the view off the page.
   */
  function render({ model, el }) {
    const root = element("div", `bvp ${about.name}`);
    describe(root, { role: "group", "aria-label": about.label, tabindex: -1 });
    describe(root, { "data-lm-suppress-shortcuts": true });
    el.append(root);
    let takeOff = () => {};
    let turn = 0;

    async function build() {
      const mine = ++turn;
      takeOff();
      takeOff = () => {};
      const data = model.get("data");
      if (!data || about.isEmpty(data))
        return root.replaceChildren(element("p", "bvp-soft", about.whenEmpty));
      /** @type {Frame | null} */
      let frame = null;
      const { fields, carrying } = /** @type {any} */ (about);
      const state = createViewState(model, fields, carrying);
      const store = await about.createStore(model, state, () => frame?.arrived());
      if (mine !== turn) return store.destroy();
      keepFocus(root, () => {
        // What is built may hand the focus on, if it is in the view.
        if (root.matches(":focus-within")) root.focus({ preventScroll: true });
        root.replaceChildren();
        frame = about.createFrame(root, model, state, store);
      });
      takeOff = () => {
        frame?.destroy();
        store.destroy();
        state.destroy();
      };
      await /** @type {Frame | null} */ (frame)?.drawn;
    }

    const rebuild = () =>
      build()
        .catch((error) => {
          console.error("bertviz_plus: the data cannot be read", error);
          root.replaceChildren(element("p", "", `These data cannot be read: ${error.message}`));
        })
        .finally(() => {
          root.dataset.drawn = "";
        });
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
