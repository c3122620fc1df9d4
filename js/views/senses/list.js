/** One list whose content changes: typical of each group, nearest to the pinned, selected. */

import { isForSvg } from "../../shared/canvas.js";
import { button, describe, element } from "../../shared/dom.js";
import { contextLine } from "./context.js";
import { glyph } from "./glyph.js";
import { thousands } from "./legend.js";

/** Rows beyond this are only counted. */
const ROWS = 100;

/** Of typical ones, all groups together. */
const TYPICAL = 6;

/**
 * @param {import("./view.js").View} view
 * @param {object} actions
 * @param {(item: number) => void} actions.point
 * @param {(item: number) => void} actions.pin
 */
export function createList(view, { point, pin }) {
  const { store, data, state } = view;
  const box = element("div", "bvp-list");
  const head = element("h4");
  const title = element("span");
  const beside = element("span", "bvp-soft");
  const rows = element("ul");
  const foot = element("div", "bvp-foot");
  /** The rows' content: they are built again only when it changes. */
  let shown = "";
  head.append(title, beside);
  box.append(head, rows, foot);

  /** @param {number} item @param {string} [number] */
  function row(item, number) {
    const line = element("li");
    const one = button(number ? "bvp-row bvp-numbered" : "bvp-row", "", () => pin(item));
    one.classList.toggle("bvp-told", Boolean(data.wording.kin));
    one.append(glyph(view, view.codes()[item]));
    if (number) one.append(element("span", "bvp-cosine", number));
    one.append(contextLine(store.text(item), store.span(item)));
    describe(one, { "aria-label": `${number ? `${number}, ` : ""}${view.sentence(item)}` });
    one.addEventListener("pointerenter", () => point(item));
    one.addEventListener("pointerleave", () => point(-1));
    one.addEventListener("focus", () => one.matches(":focus-visible") && point(item));
    line.append(one);
    return line;
  }

  /**
   * @param {string} heading
   * @param {string} side
   * @param {number[]} items
   * @param {string} [below]
   * @param {string[]} [numbers]
   */
  function show(heading, side, items, below = "", numbers = []) {
    const codes = view.codes();
    const looks = items.map((item) => [item, codes[item], store.text(item) && 1]);
    const now = [heading, side, looks, below, numbers, view.theme().headCss, isForSvg()].join();
    if (now === shown) return;
    shown = now;
    const lines = items.map((item, k) => row(item, numbers[k]));
    title.textContent = heading;
    beside.textContent = side;
    rows.replaceChildren(...lines);
    foot.textContent = below;
    rows.scrollTop = 0;
  }

  /** @param {number} item */
  function showNearest(item) {
    const nearest = view.nearest(item);
    const { near: heading, kin } = data.wording;
    if (!nearest) {
      show(
        heading,
        "",
        [],
        `Layer ${view.layer()} came without its neighbours; a running kernel sends them.`,
      );
      return;
    }
    const { items, cosines, digits } = nearest;
    const own = new Set(store.translationsOf(item));
    const found = (/** @type {number} */ one) => (kin ? (own.has(one) ? " ✓" : " ✗") : "");
    const numbers = cosines.map((cosine, k) => cosineText(cosine, digits) + found(items[k]));
    const codes = view.codes();
    const same = items.filter((one) => (kin ? own.has(one) : codes[one] === codes[item])).length;
    const mean = data.mean_cosine[data.projections[view.projection()]?.space]?.[view.step()];
    const parts = [
      (kin || view.group().labels.length) && items.length
        ? `${same} of ${items.length} ${kin ? `${kin}s` : view.name(codes[item])}`
        : "",
      typeof mean === "number"
        ? `mean of all${kin ? "" : " pairs"} ${cosineText(mean, digits)}`
        : "",
    ];
    show(heading, "cosine", items, parts.filter(Boolean).join(" · "), numbers);
  }

  /** @param {number[]} items */
  function showSelected(items) {
    const wanted = state.get("search");
    const first = items.slice(0, ROWS);
    const rest = items.length - first.length;
    const heading = wanted ? `${thousands(items.length)} with “${wanted}”` : "Selected";
    show(heading, "Esc clears", first, rest ? `and ${thousands(rest)} more` : "");
  }

  function showTypical() {
    const { name, title: kind } = view.group();
    const typical = data.typical?.[name] ?? [];
    const each = Math.max(1, Math.floor(TYPICAL / Math.max(1, typical.length)));
    const items = typical.flatMap((one) => one.items.slice(0, each));
    const layer = typical[0]?.layer ?? data.best_layer;
    const best = data.scores.length ? "best" : "last";
    show(
      items.length ? `Typical of each ${kind}` : "",
      items.length && layer !== undefined ? `${best} layer, ${layer}` : "",
      items,
    );
  }

  return {
    element: box,
    update() {
      const pinned = view.pinned();
      const { items } = view.selection();
      if (pinned >= 0) showNearest(pinned);
      else if (items.length) showSelected(items);
      else showTypical();
    },
  };
}

/**
 * @param {number} cosine
 * @param {number} digits
 * @returns {string} ".833", "−.042", "1.000"
 */
export function cosineText(cosine, digits) {
  const text = Math.abs(cosine).toFixed(digits).replace(/^0\./, ".");
  return cosine < 0 && Number(text) ? `−${text}` : text;
}
