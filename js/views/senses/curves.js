/** Two small panels over one axis, which is the slider over the layers. */

import { pen, size } from "../../shared/canvas.js";
import { clamp, describe, element, listen } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { drawAxis, drawPanel } from "./curve_paint.js";
import { LEFT, RIGHT, SHARES } from "./design.js";
import { panelsOf, scoreSentence } from "./panels.js";

/** @typedef {ReturnType<typeof createCurves>} Curves */

/**
 * @param {import("./view.js").View} view
 * @param {object} actions
 * @param {(place: number) => void} actions.scrub Between two steps.
 * @param {() => void} actions.settle
 * @param {(step: number) => void} actions.go
 * @param {(text: string) => void} actions.tell What the numbers at the pointer mean.
 */
export function createCurves(view, { scrub, settle, go, tell }) {
  const { data, store } = view;
  const last = store.steps - 1;
  const box = element("div", "bvp-curves");
  const canvas = element("canvas");
  describe(canvas, { "aria-hidden": true });
  describe(box, { role: "slider", tabindex: 0, "aria-label": "Hidden layer" });
  describe(box, {
    "aria-valuemin": data.hidden_layers[0],
    "aria-valuemax": data.hidden_layers[last],
  });
  box.append(canvas);
  let [width, height] = [0, 0];
  let dragging = false;

  /** @param {number} step */
  const across = (step) =>
    last ? LEFT + ((width - LEFT - RIGHT) * step) / last : (LEFT + width - RIGHT) / 2;

  /** @param {PointerEvent} event */
  function placeOf({ clientX }) {
    const share = (clientX - box.getBoundingClientRect().left - LEFT) / (width - LEFT - RIGHT);
    return clamp(share, 0, 1) * last;
  }

  /** @param {number} at Between two steps. */
  function draw(at) {
    if (!width) return;
    const context = pen(canvas);
    context.clearRect(0, 0, width, height);
    const panels = panelsOf(view);
    const small = height < 170;
    const [head, gap, axis] = small ? [20, 26, height - 22] : [24, 34, height - 24];
    const room = axis - 12 - head - gap * (panels.length - 1);
    let top = head;
    for (const [k, panel] of panels.entries()) {
      const bottom = top + room * (panels.length > 1 ? SHARES[k] : 1);
      drawPanel(context, view, panel, { width, top, bottom, at, across });
      top = bottom + gap;
    }
    drawAxis(context, view, { width, top: axis, at, across });
  }

  function update() {
    const step = view.step();
    describe(box, { "aria-valuenow": view.layer(), "aria-valuetext": scoreSentence(view, step) });
  }

  function letGo() {
    if (dragging) settle();
    dragging = false;
  }

  listen(box, {
    pointerdown(event) {
      if (event.button) return;
      dragging = true;
      box.setPointerCapture(event.pointerId);
      scrub(placeOf(event));
    },
    pointermove(event) {
      if (dragging) scrub(placeOf(event));
      tell(scoreSentence(view, Math.round(placeOf(event))));
    },
    pointerleave: () => tell(""),
    pointerup: letGo,
    pointercancel: letGo,
    keydown(event) {
      const arrow = arrowStep(event);
      const end = { Home: 0, End: last }[event.key];
      if (!arrow && end === undefined) return;
      const to = arrow ? view.step() + arrow[0] - arrow[1] : Number(end);
      event.preventDefault();
      event.stopPropagation();
      go(clamp(to, 0, last));
    },
  });

  return {
    element: box,
    draw,
    update,
    layout() {
      [width, height] = [box.clientWidth, box.clientHeight];
      if (width && height) size(canvas, width, height);
    },
  };
}
