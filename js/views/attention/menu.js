import { button, describe, element } from "../../shared/dom.js";

/**
 * A button and the panel it opens.
 *
 * @param {string} text
 * @param {string} label For those who do not see it.
 * @param {(panel: HTMLElement, close: () => void) => void} build Called at each opening.
 * @returns {{ element: HTMLElement, toggle: () => void, destroy: () => void }}
 */
export function createMenu(text, label, build) {
  const box = element("div", "bvp-menu");
  const opener = button("", text, toggle);
  const panel = element("div", "bvp-panel");
  describe(opener, { "aria-label": label, "aria-haspopup": "dialog", "aria-expanded": false });
  describe(panel, { role: "dialog", "aria-label": label, tabindex: -1 });
  panel.hidden = true;
  box.append(opener, panel);

  function toggle() {
    if (!panel.hidden) return close();
    panel.replaceChildren();
    build(panel, close);
    setOpen(true);
    panel.focus({ preventScroll: true });
  }

  /** @param {boolean} open */
  function setOpen(open) {
    panel.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    const listen = open ? "addEventListener" : "removeEventListener";
    document[listen]("pointerdown", closeOutside);
  }

  function close() {
    setOpen(false);
    opener.focus({ preventScroll: true });
  }

  /** @param {Event} event */
  function closeOutside(event) {
    if (!event.composedPath().includes(box)) setOpen(false);
  }

  box.addEventListener("keydown", (event) => {
    if (panel.hidden) return;
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  return { element: box, toggle, destroy: () => setOpen(false) };
}
