/** @type {Record<string, [number, number]>} */
const STEPS = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/**
 * @param {KeyboardEvent} event
 * @returns {[number, number] | null} Across and down, for an arrow key.
 */
export function arrowStep(event) {
  return STEPS[event.key] ?? null;
}

/**
 * @param {KeyboardEvent} event
 * @returns {boolean} The key belongs to a field, or to the browser.
 */
export function isTyping(event) {
  const target = event.composedPath()[0];
  // Brackets mean nothing to a slider, and change the layer there too.
  const fields = "[]".includes(event.key) ? "input:not([type=range])" : "input";
  const inField = target instanceof HTMLElement && target.matches(`${fields}, textarea, select`);
  return inField || event.altKey || event.ctrlKey || event.metaKey;
}

/**
 * Makes a row of buttons one stop of the Tab key; the arrow keys move within it.
 *
 * @param {HTMLElement} row
 * @param {HTMLElement[]} buttons
 * @returns {(stop?: HTMLElement) => void} Sets the button that Tab reaches.
 */
export function rove(row, buttons) {
  const stopAt = (stop = buttons[0]) => {
    for (const one of buttons) one.tabIndex = one === stop ? 0 : -1;
  };
  row.addEventListener("keydown", (event) => {
    const step = arrowStep(event);
    const at = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    if (!step || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = buttons[(at + step[0] + step[1] + buttons.length) % buttons.length];
    stopAt(next);
    next.focus();
  });
  return stopAt;
}
