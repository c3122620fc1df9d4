import { buttonRow } from "./button_row.js";
import { button, describe, element, listen } from "./dom.js";

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

/**
 * @param {HTMLElement} panel
 * @param {string} label
 * @param {string | HTMLElement} what
 * @param {string} [className]
 */
export function addLine(panel, label, what, className = "") {
  const line = element("div", `bvp-choice ${className}`);
  line.append(element("span", "", label), what instanceof Node ? what : element("span", "", what));
  panel.append(line);
}

/**
 * @template Value
 * @param {HTMLElement} panel
 * @param {string} label
 * @param {[Value, string][]} options Each value with its name.
 * @param {() => Value} now
 * @param {(value: Value) => void} choose
 */
export function addChoice(panel, label, options, now, choose) {
  const row = buttonRow({
    role: "radiogroup",
    className: "bvp-options",
    label,
    names: options.map(([, name]) => name),
    isOn: (i) => options[i][0] === now(),
    choose: (i) => choose(options[i][0]),
  });
  addLine(panel, label, row.element);
}
