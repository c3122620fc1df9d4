/**
 * The parts around every mode: toolbar, reading line, caption, tooltip; and who is told what.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").ModeView} ModeView
 * @typedef {import("./types.js").ViewState} ViewState
 */

import { absentNote } from "../../shared/absent.js";
import { still } from "../../shared/canvas.js";
import { createCaption, thresholdSlider } from "../../shared/caption.js";
import { clamp, describe, element, listen, place } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { setPieces } from "../../shared/pieces.js";
import { createShell } from "../../shared/shell.js";
import { createTooltip } from "../../shared/tooltip.js";
import { LEAST_HEIGHT, MOST_HEIGHT, ROW, SLIM, WIDE } from "./design.js";
import { hiddenText } from "./hidden_text.js";
import { buildHelp, buildOptions } from "./menus.js";
import { modes } from "./modes.js";
import { switchLines } from "./switches.js";
import { createToolbar, MODES } from "./toolbar.js";

/** The slider's end; most weights are in the first tenth, so it moves by squares. */
const HIGHEST = 0.5;

/**
 * @param {HTMLElement} root
 * @param {import("../../shared/host_model.js").HostModel} model
 * @param {import("./types.js").State} state
 * @param {import("./types.js").Store} store
 */
export function createFrame(root, model, state, store) {
  /** @type {ModeView | null} */
  let view = null;
  /** @type {DOMRect | null} */
  let growth = null;
  const reading = element("div", "bvp-reading");
  const figure = element("div", "bvp-figure");
  describe(figure, { role: "tabpanel" });
  const slider = thresholdSlider("Hide weights under", "", (share) =>
    state.set({ threshold: +(HIGHEST * share ** 2).toFixed(4) }),
  );
  slider.output.title =
    "Weights under 0.002 are stored as 0 and not drawn; their share is counted here";
  const caption = createCaption(slider.element);
  const tip = createTooltip(root);
  const shell = createShell(root, model, state, {
    name: "heads",
    title: () => store.title,
    help: (panel) => buildHelp(panel, frame),
    options: (panel) => buildOptions(panel, frame),
    layout,
    bring,
    changed,
    read: () => frame.reading([]),
    moveLayer,
    key,
  });

  /** @type {Frame} */
  const frame = {
    figure,
    state,
    store,
    theme: shell.theme,
    caption(parts, longest = []) {
      const words = state.get("mode") === "neuron" ? null : store.quantityWords();
      const said = (/** @type {typeof parts} */ all) =>
        words && all.length ? [all[0], words, ...all.slice(1)] : all;
      caption.show(said(parts), said(longest));
    },
    reading(parts) {
      const error = shell.error();
      setPieces(reading, error ? [{ bold: error }] : parts);
    },
    readingText: () => reading.textContent ?? "",
    readingRoom: (left, room) => place(root, { "--bvp-left": left, "--bvp-room": room }),
    hidden(share) {
      const threshold = state.get("threshold");
      slider.element.hidden = share === null;
      slider.show(Math.sqrt(threshold / HIGHEST), hiddenText(threshold, share ?? 0));
    },
    showTip: tip.show,
    hideTip: tip.hide,
    announce: (text) => {
      shell.live.textContent = text;
    },
    growFrom: (from) => {
      growth = from;
    },
  };
  const toolbar = createToolbar(frame, shell.menus);
  const switches = switchLines(frame);
  shell.page.append(figure, lowerEdge(), caption.element, switches.element);
  root.append(toolbar.element, reading, shell.page, shell.note, shell.live);

  /** The edge by which a hand changes the height. */
  function lowerEdge() {
    const edge = element("div", "bvp-edge");
    const title = "Height of the figure: drag, or arrow keys";
    describe(edge, { role: "separator", tabindex: 0, title });
    let above = 0;
    // A short text fills less than it may.
    const now = () => Math.min(state.get("height"), figure.clientHeight);
    const set = (/** @type {number} */ height) =>
      state.set({ height: clamp(Math.round(height), LEAST_HEIGHT, MOST_HEIGHT) });
    listen(edge, {
      pointerdown({ pointerId, clientY }) {
        edge.setPointerCapture(pointerId);
        above = now() - clientY;
      },
      pointermove({ pointerId, clientY }) {
        if (edge.hasPointerCapture(pointerId)) set(above + clientY);
      },
      keydown(event) {
        const down = arrowStep(event)?.[1];
        if (!down) return;
        set(now() + down * ROW.most);
        event.preventDefault();
        event.stopPropagation();
      },
    });
    return edge;
  }

  function layout() {
    const width = shell.width();
    root.classList.toggle("bvp-wide", width >= WIDE);
    root.classList.toggle("bvp-slim", width < SLIM);
    shell.theme().headCss.forEach((colour, head) => {
      place(root, { [`--bvp-head-${head}`]: colour });
    });
    view?.layout();
  }

  function start() {
    view?.destroy();
    figure.replaceChildren();
    tip.hide();
    frame.reading([]);
    const mode = state.get("mode");
    root.dataset.mode = mode;
    figure.setAttribute("aria-label", mode);
    view = modes[mode](frame);
    if (!shell.width()) return;
    view.layout();
    grow();
    bring();
  }

  function grow() {
    if (!growth || still()) return;
    const to = figure.getBoundingClientRect();
    const { left, top, width: wide, height: high } = growth;
    growth = null;
    const shrunk = `translate(${left - to.left}px,${top - to.top}px) scale(${wide / to.width},${high / to.height})`;
    figure.animate(
      { transform: [shrunk, "none"], transformOrigin: ["0 0", "0 0"], opacity: [0.4, 1] },
      { duration: 220, easing: "ease-out" },
    );
  }

  /** Loads the layer to show, or says what still works. */
  async function bring() {
    const mode = state.get("mode");
    const isHere = mode === "overview" || mode === "neuron" || store.figureData() !== null;
    const coming = mode === "overview" ? null : store.want();
    await shell.bring(
      isHere,
      () => coming ?? Promise.resolve(null),
      (found) => {
        if (found) view?.update(new Set());
        else
          shell.note.textContent = absentNote(
            state.get("layer") === "mean"
              ? "The mean over layers is"
              : `Layer ${state.get("layer")} is`,
            `the overview, and layers ${store.here().join(", ")}`,
          );
      },
    );
    await coming;
  }

  /** @param {Set<keyof ViewState>} changed */
  function changed(changed) {
    const isOther = changed.has("attention_kind") || changed.has("quantity");
    // The button that is pointed at goes, and is never left.
    if (changed.has("mode") || isOther) state.preview(null);
    if (isOther) toolbar.rebuild();
    toolbar.update();
    switches.update();
    if (changed.has("mode")) return start();
    if (changed.has("height")) view?.layout();
    else view?.update(changed);
    if (changed.has("layer") || isOther) bring();
  }

  /** @param {number} step */
  function moveLayer(step) {
    const { layers } = store.shape();
    const next = layers[layers.indexOf(/** @type {number} */ (state.get("layer"))) + step];
    if (next !== undefined) state.set({ layer: next });
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const mode = MODES[Number(event.key) - 1];
    if (!mode) return view?.key(event) ?? false;
    state.set({ mode });
    return true;
  }

  start();
  switches.update();
  shell.start();

  return {
    drawn: shell.width() ? bring() : undefined,
    arrived() {
      view?.update(new Set());
      if (shell.isLacking()) bring();
    },
    destroy() {
      shell.destroy();
      view?.destroy();
      view = null;
    },
  };
}
