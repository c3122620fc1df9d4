import { WORTH_SAYING } from "../../shared/design.js";
import { percent, weightText } from "../../shared/text.js";

/**
 * @param {number} threshold
 * @param {number} share Of the weight that is not drawn.
 * @returns {string} What eight bits lose is not what the reader hides.
 */
export function hiddenText(threshold, share) {
  if (threshold)
    return `under ${weightText(threshold)}: ${share ? percent(share) : "nothing"} hidden`;
  return share < WORTH_SAYING ? "nothing hidden" : `${percent(share)} too small to store`;
}
