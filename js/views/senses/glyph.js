import { size } from "../../shared/canvas.js";
import { describe, element } from "../../shared/dom.js";
import { cornersOf, traceShape } from "./shapes.js";

const SIDE = 14;
const RADIUS = 4.5;

/**
 * A group's mark beside its name.
 *
 * @param {import("./view.js").View} view
 * @param {number} code
 * @returns {HTMLCanvasElement}
 */
export function glyph(view, code) {
  const canvas = element("canvas", "bvp-glyph");
  describe(canvas, { "aria-hidden": true });
  const context = size(canvas, SIDE, SIDE);
  const look = view.look(code);
  const heights = cornersOf(look.shape).map(([, y]) => y);
  // Beside a name it is the shape's middle that counts, not its centre of mass.
  const lower = heights.length ? (-RADIUS * (Math.min(...heights) + Math.max(...heights))) / 2 : 0;
  traceShape(context, look.shape, SIDE / 2, SIDE / 2 + lower, RADIUS * look.size);
  context.fillStyle = look.ink;
  context.fill();
  return canvas;
}
