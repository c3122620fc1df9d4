import { clamp, describe, element } from "./dom.js";

/**
 * The one thing that may float over the data.
 *
 * @param {HTMLElement} root
 */
export function createTooltip(root) {
  const tip = element("div", "bvp-tip");
  describe(tip, { role: "tooltip", hidden: "" });
  root.append(tip);

  /**
   * @param {number} x Client coordinates.
   * @param {number} y
   * @param {(tip: HTMLElement) => void} build
   */
  function show(x, y, build) {
    tip.replaceChildren();
    build(tip);
    tip.hidden = false;
    const frame = root.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = tip;
    const besideLeft = x - frame.left + 14;
    const left = besideLeft + width > frame.width ? x - frame.left - width - 12 : besideLeft;
    const below = y - frame.top + 14;
    const top = below + height > frame.height ? y - frame.top - height - 10 : below;
    tip.style.left = `${clamp(left, 0, Math.max(0, frame.width - width))}px`;
    tip.style.top = `${Math.max(0, top)}px`;
  }

  function hide() {
    tip.hidden = true;
  }

  return { show, hide };
}
