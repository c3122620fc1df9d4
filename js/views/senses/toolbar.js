/** One line: the word, what colours it, where one looks; search, save and help. */

import { picker } from "../../shared/button_row.js";
import { describe, element, listen } from "../../shared/dom.js";

/** A search over many texts waits until the typing rests. */
const TYPED = 120;

/**
 * @param {import("./view.js").View} view
 * @param {object} actions
 * @param {(step: number) => void} actions.go
 * @param {() => void} actions.play
 * @param {(wanted: string) => void} actions.search
 * @param {HTMLElement[]} menus
 */
export function createToolbar(view, { go, play, search }, menus) {
  const { data, store, state } = view;
  const bar = element("div", "bvp-bar");
  const word = element("b", "bvp-word", data.word);
  const layers = picker({
    className: "bvp-lines",
    label: "Layer",
    names: data.hidden_layers,
    isOn: (i) => i === view.step(),
    choose: go,
  });
  const player = element("button", "bvp-play");
  player.type = "button";
  const triangle = element("i");
  player.append(triangle);
  player.addEventListener("click", play);
  layers.element.append(player);
  const rows = [layers];
  const pictures = Object.keys(data.projections);
  // Centring is the point of a view of languages; other views have the choice in a menu.
  if (data.wording.kin && pictures.length === 2)
    rows.unshift(
      picker({
        // Without its name nobody knows what is left in.
        className: "bvp-lines bvp-means",
        label: "Language means",
        names: ["left in", "subtracted"],
        isOn: (i) => pictures[i] === view.projection(),
        choose: (i) => state.set({ projection: pictures[i] }),
      }),
    );
  if (store.groups.length > 1)
    rows.unshift(
      picker({
        className: "bvp-lines bvp-kinds",
        label: "Colour",
        names: store.groups.map(({ title }) => title),
        isOn: (i) => store.groups[i] === view.group(),
        choose: (i) => state.set({ colour: store.groups[i].name, muted: [] }),
      }),
    );
  const field = element("input", "bvp-search");
  describe(field, { type: "search", placeholder: "search", "aria-label": "Search the sentences" });
  describe(field, { spellcheck: false, autocomplete: "off" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typed;
  listen(field, {
    input() {
      clearTimeout(typed);
      typed = setTimeout(() => search(field.value), TYPED);
    },
    keydown(event) {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      field.value = "";
      search("");
      /** @type {HTMLElement | null} */ (field.closest(".bvp"))?.focus({ preventScroll: true });
    },
  });
  const end = element("div", "bvp-end");
  end.append(field, ...menus);
  bar.append(word, ...rows.map((row) => row.element), end);
  playing(false);

  /** @param {boolean} on */
  function playing(on) {
    triangle.className = on ? "bvp-pause" : "";
    describe(player, { "aria-label": on ? "Stop" : "Play the layers", "aria-pressed": on });
  }

  return {
    element: bar,
    playing,
    focusSearch: () => field.focus({ preventScroll: true }),
    update() {
      for (const row of rows) row.update();
      if (!field.matches(":focus")) field.value = state.get("search");
    },
  };
}
