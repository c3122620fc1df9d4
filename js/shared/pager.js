import { button, clamp, describe, element } from "./dom.js";

/**
 * One of many, by its number: before, after, or typed.
 *
 * @param {number} count
 * @param {string} what Such as "pair".
 * @param {() => number} now From 0 on.
 * @param {(at: number) => void} turn
 */
export function createPager(count, what, now, turn) {
  const row = element("div", "bvp-pager");
  describe(row, { role: "group", "aria-label": what[0].toUpperCase() + what.slice(1) });
  /** @type {(text: string, label: string, way: number) => HTMLButtonElement} */
  const turner = (text, label, way) => {
    const made = button("", text, () => turn(clamp(now() + way, 0, count - 1)));
    made.setAttribute("aria-label", `${label} ${what}`);
    return made;
  };
  const [back, on] = [turner("‹", "Previous", -1), turner("›", "Next", 1)];
  const number = element("input");
  Object.assign(number, { type: "text", inputMode: "numeric", title: `Go to a ${what}` });
  number.style.width = `${Math.max(2, String(count).length)}ch`;
  number.addEventListener("change", () => {
    const wanted = Math.round(Number(number.value));
    if (wanted >= 0 && wanted < count) turn(wanted);
    number.value = String(now());
  });
  row.append(back, number, element("span", "", `of 0–${count - 1}`), on);
  return {
    element: row,
    update() {
      if (!number.matches(":focus")) number.value = String(now());
      back.disabled = now() === 0;
      on.disabled = now() === count - 1;
    },
  };
}
