/** The parts of the sense view, and who is told what. */

import { absentNote } from "../../shared/absent.js";
import { createCaption } from "../../shared/caption.js";
import { describe, element, place } from "../../shared/dom.js";
import { idle } from "../../shared/idle.js";
import { arrowStep } from "../../shared/keyboard.js";
import { createShell } from "../../shared/shell.js";
import { captionOf } from "./caption.js";
import { createCurves } from "./curves.js";
import { HEIGHT, NARROW } from "./design.js";
import { followHand } from "./hand.js";
import { createLegend } from "./legend.js";
import { createList } from "./list.js";
import { buildHelp, buildOptions } from "./menus.js";
import { stepFrom } from "./near.js";
import { scoreSentence, scoreSummary } from "./panels.js";
import { createPlayer } from "./player.js";
import { createPlot } from "./plot.js";
import { createReading } from "./reading.js";
import { createToolbar } from "./toolbar.js";
import { createView } from "./view.js";

/** @type {(keyof import("./types.js").Traits)[]} */
export const FIELDS = [
  "hidden_layer",
  "colour",
  "selected",
  "pinned",
  "muted",
  "search",
  "projection",
  "theme",
  "height",
];

const MOVE = 240;
const SETTLE = 160;

/** How many words that set a group apart are named. */
const CONTEXT_WORDS = 8;

/**
 * @param {HTMLElement} root
 * @param {import("../../shared/host_model.js").HostModel} model
 * @param {import("./types.js").State} state
 * @param {import("./store.js").Store} store
 */
export function createFrame(root, model, state, store) {
  const shell = createShell(root, model, state, {
    name: "senses",
    title: () => `${data.title} ${data.word}`,
    help: (panel) => buildHelp(panel, view),
    options: (panel) => buildOptions(panel, view),
    layout,
    bring,
    changed,
    read,
    moveLayer: (step) => go(view.step() + step),
    key,
  });
  const view = createView(state, store, shell.theme);
  const { data } = view;
  let pace = MOVE;
  let [listed, round] = [-1, 0];

  const main = element("div", "bvp-main");
  const plot = createPlot(view, drawCurves);
  const reading = createReading(view);
  const legend = createLegend(view, describeGroup);
  const curves = createCurves(view, {
    scrub,
    settle: () => plot.motion.go(view.step(), SETTLE),
    go: (step) => go(step),
    tell: (text) => tell(text),
  });
  const list = createList(view, {
    point(item) {
      listed = item;
      point(item);
    },
    pin,
  });
  const caption = createCaption();
  const player = createPlayer({
    steps: () => [...data.hidden_layers.keys()].filter((step) => plot.places(step)),
    now: view.step,
    show: (step, milliseconds) => go(step, milliseconds, true),
    changed: (on) => toolbar.playing(on),
  });
  const actions = { go: (/** @type {number} */ step) => go(step), play: player.toggle, search };
  const toolbar = createToolbar(view, actions, shell.menus);
  main.append(plot.element, legend.element, curves.element, list.element, shell.note);
  shell.page.append(reading.element, main, caption.element);
  root.append(toolbar.element, shell.page, shell.live);
  followHand(plot, { point, pin, select, reset });

  function drawCurves() {
    const { at } = plot.motion.now();
    // The scores of a layer are here also where its points are not.
    curves.draw(shell.isLacking() ? view.step() : at);
  }

  /** @param {number} step @param {number} [milliseconds] @param {boolean} [playing] */
  function go(step, milliseconds = MOVE, playing = false) {
    if (!playing) player.stop();
    const layer = data.hidden_layers[step];
    if (layer === undefined) return;
    pace = milliseconds;
    state.set({ hidden_layer: layer });
    pace = MOVE;
  }

  /** @param {number} at */
  function scrub(at) {
    player.stop();
    plot.motion.stop();
    // Nothing moves by itself while the slider is held.
    pace = 0;
    state.set({ hidden_layer: data.hidden_layers[Math.round(at)] });
    pace = MOVE;
    plot.motion.scrub(at);
  }

  /** @param {number} item */
  function point(item) {
    plot.point(item);
    read();
  }

  /** @param {number} item */
  function pin(item) {
    if (item >= 0) {
      state.set({ pinned: item === state.get("pinned") ? -1 : item });
      announce(view.pinned());
    } else if (view.pinned() >= 0) state.set({ pinned: -1 });
    else if (state.get("selected").length) select([], false);
  }

  /** @param {number[]} items @param {boolean} adding */
  function select(items, adding) {
    const both = adding ? new Set([...view.selection().items, ...items]) : items;
    state.set({ selected: [...both].sort((a, b) => a - b), search: "", pinned: -1 });
  }

  /** @param {string} wanted */
  function search(wanted) {
    const selected = wanted.trim() ? store.find(wanted.trim()) : [];
    state.set({ search: wanted.trim(), selected, pinned: -1 });
  }

  function reset() {
    state.set({ pinned: -1, selected: [], search: "", muted: [] });
  }

  /** @param {string} text */
  function tell(text) {
    reading.tell(text);
    read();
  }

  /** @param {number} code */
  function describeGroup(code) {
    const typical = data.typical?.[view.group().name]?.find(({ group }) => group === code);
    const context = typical?.context ?? [];
    const apart = context.slice(0, CONTEXT_WORDS).map(([word]) => word);
    const name = view.name(code);
    tell(code >= 0 && apart.length ? `${name} stands out by these words: ${apart.join(", ")}` : "");
  }

  function read() {
    const item = plot.pointed() >= 0 ? plot.pointed() : view.pinned();
    reading.update(item, { width: shell.width(), centre: plot.width() / 2 }, shell.error());
  }

  /** @param {number} item */
  function announce(item) {
    shell.live.textContent = item >= 0 ? view.sentence(item) : "";
  }

  function describePicture() {
    const { labels, title } = view.group();
    const counts = view.counts();
    const groups = labels.map((label, code) => `${label} ${counts[code]}`).join(", ");
    const what = data.wording.about;
    describe(plot.element, { "aria-label": `${what}; arrow keys move, Enter pins` });
    describe(plot.picture, {
      "aria-label": `${what}${labels.length ? ` by ${title}: ${groups}` : ""}. ${scoreSentence(view, view.step())}`,
    });
  }

  function updateTexts() {
    root.classList.toggle("bvp-detailed", view.pinned() >= 0 || view.selection().items.length > 0);
    toolbar.update();
    legend.update();
    list.update();
    curves.update();
    captionNow();
    read();
    describePicture();
  }

  function captionNow() {
    const covered = root.matches(".bvp-narrow.bvp-detailed");
    caption.show(captionOf(view, plot.places(view.step()), covered ? scoreSummary(view) : ""));
  }

  /** Loads the layer to show, or says what still works. */
  function bring() {
    const step = view.step();
    const isHere = plot.places(step) !== null;
    if (!isHere && !shell.width()) return;
    const want = () => store.wantPoints(view.projection(), step);
    shell.bring(isHere, want, (found) => {
      if (found) {
        plot.motion.go(step, MOVE);
        return updateTexts();
      }
      shell.note.textContent = absentNote(
        `Layer ${view.layer()} is`,
        `layers ${store.here(view.projection()).join(", ")}`,
      );
    });
    if (!isHere) drawCurves();
    else if (pace) plot.motion.go(step, pace);
  }

  /** @param {Set<keyof import("./types.js").Traits>} changed */
  function changed(changed) {
    if (changed.has("height") || changed.has("projection")) {
      layout();
      bring();
    } else if (changed.has("colour")) {
      plot.recolour();
      // A colouring may have scores of its own.
      curves.layout();
      drawCurves();
    } else if (changed.has("muted") || changed.has("selected")) plot.draw();
    else if (changed.has("pinned")) plot.drawOver();
    if (changed.has("search") && !changed.has("selected") && state.get("search")) {
      // Python may name words as well as occurrences.
      const found = store.find(state.get("search"));
      if (String(found) !== String(state.get("selected"))) state.set({ selected: found });
    }
    if (changed.has("hidden_layer")) bring();
    updateTexts();
  }

  function layout() {
    root.classList.toggle("bvp-narrow", shell.width() < NARROW);
    place(root, { "--bvp-height": state.get("height") || HEIGHT });
    legend.update();
    list.update();
    plot.layout();
    curves.layout();
    drawCurves();
    updateTexts();
    placeAhead();
  }

  /** Places the names of all layers, one layer at a time, while the page is idle. */
  async function placeAhead() {
    const mine = ++round;
    for (let step = 0; step < store.steps; step++) {
      await idle();
      if (mine !== round || !root.isConnected) return;
      plot.prepare(step);
    }
  }

  function letGo() {
    if (view.pinned() >= 0) state.set({ pinned: -1 });
    else if (plot.pointed() >= 0) point(-1);
    else state.set({ selected: [], search: "" });
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const onButton = event.target instanceof HTMLButtonElement;
    const arrow = arrowStep(event);
    if (event.key === "Escape") letGo();
    else if (event.key === "/") toolbar.focusSearch();
    else if (event.key === " " && !onButton) player.toggle();
    else if (event.key === "Enter" && !onButton && plot.pointed() >= 0) pin(plot.pointed());
    else if (arrow && !onButton) movePoint(arrow);
    else return false;
    return true;
  }

  /** @param {[number, number]} direction */
  function movePoint(direction) {
    const { x, y } = plot.motion.now();
    const from = plot.pointed() >= 0 ? plot.pointed() : view.pinned();
    point(stepFrom(x, y, from, direction, plot.counts()));
    announce(plot.pointed());
  }

  shell.start();

  return {
    arrived() {
      if (!shell.width()) return;
      if (shell.isLacking()) bring();
      if (listed < 0 || plot.pointed() < 0) list.update();
      plot.drawOver();
      read();
    },
    destroy() {
      shell.destroy();
      player.stop();
      plot.motion.stop();
    },
  };
}
