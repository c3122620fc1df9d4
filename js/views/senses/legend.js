/** The groups: mark, name, count, bar. A click switches a group off. */

import { isForSvg } from "../../shared/canvas.js";
import { button, describe, element, place } from "../../shared/dom.js";
import { glyph } from "./glyph.js";

/** More rows than this take room from the curves. */
const CROWD = 3;

/**
 * @param {import("./view.js").View} view
 * @param {(code: number) => void} look A row is pointed at; -1: none.
 */
export function createLegend(view, look) {
  const box = element("div", "bvp-legend");
  describe(box, { role: "group" });
  /** The rows' content: they are built again only when it changes. */
  let shown = "";

  /** @param {string} label */
  function toggle(label) {
    const off = view.state.get("muted").filter((one) => view.group().labels.includes(one));
    const muted = off.includes(label) ? off.filter((one) => one !== label) : [...off, label];
    // With all off there would be nothing left to look at.
    view.state.set({ muted: muted.length === view.group().labels.length ? [] : muted });
  }

  function update() {
    const { labels, title } = view.group();
    const counts = view.counts();
    const selected = view.selectedCounts();
    const muted = view.muted();
    const { headCss, paper } = view.theme();
    const now = [title, counts, selected, muted, headCss, paper, isForSvg()].join();
    if (now === shown) return;
    shown = now;
    describe(box, { "aria-label": title });
    const most = Math.max(1, ...counts);
    const focused = [...box.children].findIndex((row) => row.matches(":focus"));
    const rows = labels.map((label, code) => {
      const row = button("bvp-group", "", () => toggle(label));
      const number = selected ? `${thousands(selected[code])} of ${thousands(counts[code])}` : "";
      const bar = element("span", "bvp-share");
      const whole = element("i");
      const part = element("i");
      const { ink } = view.look(code);
      place(whole, { width: `${(100 * counts[code]) / most}%`, background: ink });
      place(whole, { opacity: selected ? "0.25" : "1" });
      place(part, { width: `${(100 * (selected?.[code] ?? 0)) / most}%`, background: ink });
      bar.append(whole, part);
      const name = element("span", "bvp-name", label);
      name.title = label;
      row.append(glyph(view, code), name);
      row.append(element("span", "bvp-number", number || thousands(counts[code])), bar);
      row.setAttribute("aria-pressed", String(!muted[code]));
      row.addEventListener("pointerenter", () => look(code));
      row.addEventListener("pointerleave", () => look(-1));
      return row;
    });
    const unlabelled = counts[labels.length];
    if (unlabelled && labels.length) {
      const row = element("div", "bvp-group");
      row.append(glyph(view, labels.length), element("span", "bvp-name", "no label"));
      row.append(element("span", "bvp-number", thousands(unlabelled)), element("span"));
      box.replaceChildren(...rows, row);
    } else box.replaceChildren(...rows);
    const crowd = Math.max(0, Math.min(3, box.children.length - CROWD));
    const root = /** @type {HTMLElement | null} */ (box.closest(".bvp"));
    if (root) root.dataset.crowd = String(crowd);
    rows[focused]?.focus({ preventScroll: true });
  }

  return { element: box, update };
}

const format = new Intl.NumberFormat("en");

/** @param {number} count */
export function thousands(count) {
  return format.format(count);
}
