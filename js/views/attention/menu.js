import { button, describe, element, listen } from "../../shared/dom.js";

/**
 * A button and the panel it opens.
 *
 * @param {string} text
 * @param {string} label For those who do not see it.
 * @param {(panel: HTMLElement) => void} build Called at each opening.
 */
export function createMenu(text, label, build) {
  const box = element("div", "bvp-menu");
  const opener = button("", text, () => setOpen(panel.hidden === true));
  const panel = element("div", "bvp-panel");
  describe(panel, { role: "dialog", "aria-label": label, tabindex: -1 });
  describe(opener, { "aria-label": label, "aria-haspopup": "dialog" });
  box.append(opener, panel);
  setOpen(false);

  /** @param {boolean} open */
  function setOpen(open) {
    panel.replaceChildren();
    if (open) build(panel);
    panel.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) panel.focus({ preventScroll: true });
  }

  listen(box, {
    focusout({ relatedTarget }) {
      if (!box.contains(/** @type {Node | null} */ (relatedTarget))) setOpen(false);
    },
    keydown(event) {
      if (panel.hidden) return;
      event.stopPropagation();
      if (event.key !== "Escape") return;
      opener.focus({ preventScroll: true });
      setOpen(false);
    },
  });
  return { element: box, open: () => setOpen(true) };
}
