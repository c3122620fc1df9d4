/**
 * The attention view: every head of a model, four ways to look.
 *
 * @typedef {import("./attention/state.js").Model} Model
 */

import "./attention.css";
import { element } from "../shared/dom.js";
import { alive } from "../shared/draw.js";
import { createFrame } from "./attention/frame.js";

/**
 * @param {{ model: Model, el: HTMLElement }} view
 * @returns {() => void} Takes the view off the page.
 */
function render({ model, el }) {
  const root = element("div", "bvp bvp-attention");
  el.append(root);
  const destroy = createFrame(root, model);
  return () => {
    destroy();
    root.remove();
  };
}

export default alive({ render });
