/** One line: the word, what colours it, where one looks; search, save and help. */

import { describe, element, listen } from "../../shared/dom.js";
import { buttonRow } from "../attention/button_row.js";

/** A search over many texts waits until the typing rests. */
const TYPED = 120;

const MEANS = "Language means";

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
  const layers = picker("Layer", data.hidden_layers, (i) => i === view.step(), go);
  const player = element("button", "bvp-play");
  player.type = "button";
  const triangle = element("i");
  player.append(triangle);
  player.addEventListener("click", play);
  layers.element.append(player);
  const rows = [layers];
  const pictures = Object.keys(data.projections);
  // What is centred and what is not is the point of such a view; else the menu has it.
  if (data.wording.kin && pictures.length === 2)
    rows.unshift(
      picker(
        MEANS,
        ["kept", "taken away"],
        (i) => pictures[i] === view.projection(),
        (i) => state.set({ projection: pictures[i] }),
      ),
    );
  if (store.groups.length > 1)
    rows.unshift(
      picker(
        "Colour",
        store.groups.map(({ title }) => title),
        (i) => store.groups[i] === view.group(),
        (i) => state.set({ colour: store.groups[i].name, muted: [] }),
      ),
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

/**
 * @param {string} label
 * @param {(string | number)[]} names
 * @param {(i: number) => boolean} isOn
 * @param {(i: number) => void} choose
 */
function picker(label, names, isOn, choose) {
  const row = buttonRow({
    role: "group",
    className: "bvp-pick bvp-lines",
    label,
    names,
    isOn,
    choose,
  });
  row.element.prepend(element("span", "", label));
  if (label === "Colour") row.element.classList.add("bvp-kinds");
  // Without its name nobody knows what is kept.
  if (label === MEANS) row.element.classList.add("bvp-means");
  return row;
}
