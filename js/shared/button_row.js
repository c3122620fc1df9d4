import { button, describe, element } from "./dom.js";
import { rove } from "./keyboard.js";

/** By the row's role: the role of its buttons, and the attribute that marks a chosen one. */
const ROLES = {
  tablist: ["tab", "aria-selected"],
  radiogroup: ["radio", "aria-checked"],
  group: ["button", "aria-pressed"],
};

/**
 * Builds a row of buttons, of which one or more are on. Tab reaches the row, arrow keys move
 * within it.
 *
 * @param {object} about
 * @param {keyof typeof ROLES} about.role
 * @param {string} about.className
 * @param {string} about.label
 * @param {(string | number)[]} about.names
 * @param {(i: number) => boolean} about.isOn
 * @param {(i: number, event: MouseEvent) => void} about.choose
 */
export function buttonRow({ role, className, label, names, isOn, choose }) {
  const box = element("div", className);
  const [single, marked] = ROLES[role];
  const buttons = names.map((name, i) =>
    button("", String(name), (event) => {
      choose(i, event);
      update();
    }),
  );
  for (const one of buttons) one.setAttribute("role", single);
  describe(box, { role, "aria-label": label });
  box.append(...buttons);
  const stopAt = rove(box, buttons);

  function update() {
    buttons.forEach((one, i) => {
      one.setAttribute(marked, String(isOn(i)));
    });
    stopAt(
      buttons.find((one) => one.matches(":focus")) ?? buttons[buttons.findIndex((_, i) => isOn(i))],
    );
  }
  update();
  return { element: box, buttons, update };
}

/** @typedef {ReturnType<typeof buttonRow>} Row */

/**
 * Buttons in a toolbar, with their name before them.
 *
 * @param {Omit<Parameters<typeof buttonRow>[0], "role">} about
 * @returns {Row}
 */
export function picker(about) {
  const row = buttonRow({ role: "group", ...about, className: `bvp-pick ${about.className}` });
  row.element.prepend(element("span", "", about.label));
  row.buttons.forEach((one, i) => {
    one.setAttribute("aria-label", `${about.label} ${about.names[i]}`);
  });
  return row;
}
