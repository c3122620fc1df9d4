/** The parts of the syntax view, and who is told what. */

import { absentNote } from "../../shared/absent.js";
import { createCaption } from "../../shared/caption.js";
import { clamp, describe } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { createShell } from "../../shared/shell.js";
import { captionOf, createLegend, sourceText } from "./caption.js";
import { HEIGHT } from "./design.js";
import { createFigure } from "./figure.js";
import { followHand } from "./hand.js";
import { buildHelp } from "./menus.js";
import { createReading } from "./reading.js";
import { createToolbar } from "./toolbar.js";
import { createView } from "./view.js";

/** @typedef {import("./types.js").Traits} Traits */

/** @type {(keyof Traits)[]} */
export const FIELDS = [
  "sentence",
  "source",
  "layer",
  "head",
  "hidden_layer",
  "offset",
  "theme",
  "height",
];

/**
 * @param {HTMLElement} root
 * @param {import("../../shared/host_model.js").HostModel} model
 * @param {import("./types.js").State} state
 * @param {import("./store.js").Store} store
 */
export function createFrame(root, model, state, store) {
  const shell = createShell(root, model, state, {
    name: "syntax",
    title: () => `${data.title} syntax ${view.sentence()}`,
    help: buildHelp,
    options() {},
    layout,
    bring,
    changed,
    read,
    moveLayer(step) {
      const layers = view.layers();
      if (view.source() === "offset" || !layers.length) return;
      const at = clamp(view.step() + step, 0, layers.length - 1);
      state.set({ [view.layerTrait()]: layers[at] });
    },
    key,
  });
  const view = createView(state, store, shell.theme);
  const { data } = view;
  /** Why nothing is drawn. */
  let missingNote = "";
  /** @type {number | null} */
  let hovered = null;
  /** @type {number | null} */
  let pinned = null;

  const figure = createFigure(view);
  const reading = createReading(view);
  const legend = createLegend(view);
  const caption = createCaption();
  const toolbar = createToolbar(view, shell.menus);
  shell.page.append(reading.element, figure.element, legend.element, caption.element);
  root.append(toolbar.element, shell.page, shell.live);
  followHand(figure, { point, press });

  /** @param {number | null} at */
  function point(at) {
    hovered = at;
    light();
  }

  /** @param {number} at */
  function press(at) {
    pinned = pinned === at ? null : at;
    light();
    announce();
  }

  function light() {
    figure.light(hovered ?? pinned, pinned);
    read();
  }

  function read() {
    reading.update(hovered ?? pinned, shell.error() || missingNote);
  }

  function announce() {
    shell.live.textContent = reading.text();
  }

  function updateTexts() {
    toolbar.update();
    legend.update();
    caption.show(captionOf(view));
    light();
    const label = `Gold tree above, below ${sourceText(view)}: ${reading.text()}`;
    describe(figure.picture, { "aria-label": label });
  }

  /** Loads the sentence to show, or says what still works. */
  function bring() {
    missingNote = "";
    const number = view.sentence();
    const isHere = view.about() !== null;
    shell.bring(
      isHere,
      () => store.want(number),
      (found) => {
        if (found) return layout();
        const here = Object.keys(data.embedded);
        const some = here.length > 8 ? `${here.length} sentences` : `sentences ${here.join(", ")}`;
        missingNote = absentNote(`Sentence ${number} is`, some);
        read();
        announce();
      },
    );
    if (isHere) read();
  }

  /** @param {Set<keyof Traits>} changed */
  function changed(changed) {
    if (changed.has("sentence")) {
      hovered = null;
      pinned = null;
    }
    if (changed.has("sentence") || changed.has("height")) layout();
    else {
      figure.update(true);
      updateTexts();
    }
    if (changed.has("sentence")) bring();
    shell.live.textContent = `${sourceText(view)}: ${reading.text()}`;
  }

  function layout() {
    const width = shell.width();
    if (!width) return;
    figure.layout(width, Number(state.get("height")) || HEIGHT);
    figure.update(false);
    legend.paint();
    updateTexts();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const at = figure.wordAt(event.target);
    const step = arrowStep(event);
    if (event.key === "PageUp" || event.key === "PageDown") {
      const sentence = view.sentence() + (event.key === "PageDown" ? 1 : -1);
      if (sentence < 0 || sentence >= data.sentences) return false;
      state.set({ sentence });
    } else if (event.key === "Escape") {
      hovered = null;
      pinned = null;
      light();
    } else if (at !== null && step) {
      const next = figure.next(at, step);
      if (next !== null) figure.focus(next);
      announce();
    } else if (at !== null && (event.key === "Enter" || event.key === " ")) press(at);
    else return false;
    return true;
  }

  shell.start();
  // Widths that were measured before a font came are wrong.
  const onFonts = () => layout();
  document.fonts?.addEventListener("loadingdone", onFonts);

  return {
    arrived() {
      if (!shell.width() || !shell.isLacking()) return;
      layout();
      bring();
    },
    destroy() {
      shell.destroy();
      document.fonts?.removeEventListener("loadingdone", onFonts);
      figure.stop();
    },
  };
}
