/**
 * Text reaches the page as text, never as markup: tokens are data.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} [className]
 * @param {string | number | null} [text]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, className = "", text = null) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== null) made.textContent = String(text);
  return made;
}

/** @param {Element} target @param {Record<string, string | number | boolean>} attributes */
export function describe(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, String(value));
}

/**
 * @param {string} className
 * @param {string} text
 * @param {(event: MouseEvent) => void} pressed
 * @returns {HTMLButtonElement}
 */
export function button(className, text, pressed) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", pressed);
  return made;
}

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/**
 * @param {HTMLElement} target
 * @param {{ [Type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Type]) => void }} handlers
 */
export function listen(target, handlers) {
  for (const [type, handler] of Object.entries(handlers))
    target.addEventListener(type, /** @type {EventListener} */ (handler));
}

/**
 * @param {HTMLElement | SVGElement} target
 * @param {Record<string, number | string>} styles Numbers are pixels.
 */
export function place(target, styles) {
  for (const [name, value] of Object.entries(styles))
    target.style.setProperty(name, typeof value === "number" ? `${value}px` : value);
}
