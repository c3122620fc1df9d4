/** The parts of the masked-word view, and who is told what. */

import { createCaption } from "../../shared/caption.js";
import { describe, element, listen, place } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { setPieces } from "../../shared/pieces.js";
import { createShell } from "../../shared/shell.js";
import { createColumns } from "./columns.js";
import { HEIGHT, METHODS, WORDS } from "./design.js";
import { createLens } from "./lens.js";
import { buildHelp } from "./menus.js";
import { shareText } from "./paint.js";
import { createSentence, signed } from "./sentence.js";
import { createChips, createMethods, createToolbar } from "./toolbar.js";
import { createView } from "./view.js";

/** @typedef {import("./types.js").Traits} Traits */

/** @type {(keyof Traits)[]} */
export const FIELDS = ["text", "edits", "target", "method", "theme", "height"];

/**
 * @param {HTMLElement} root
 * @param {import("../../shared/host_model.js").HostModel} model
 * @param {import("./types.js").State} state
 * @param {import("./store.js").Store} store
 */
export function createFrame(root, model, state, store) {
  const shell = createShell(root, model, state, {
    name: "masked",
    title: () => `${store.data.title} ${state.get("text")}`,
    help: buildHelp,
    options() {},
    layout,
    bring,
    changed,
    read,
    moveLayer() {},
    key,
  });
  const view = createView(state, store, shell.theme);
  const { data } = view;
  /** Why nothing new is shown. */
  let note = "";
  /** @type {import("../../shared/pieces.js").Piece[] | null} What is pointed at. */
  let pointed = null;

  const toolbar = createToolbar(view, shell.menus, perturb);
  const chips = createChips(view, undo, () => sentence.editAll());
  const sentence = createSentence(view, { write, rewrite, written });
  const methods = createMethods(view);
  const columns = createColumns(view, aim);
  const lens = createLens(view);
  const caption = createCaption();
  const reading = element("div", "bvp-reading");
  const scroll = element("div", "bvp-scroll");
  scroll.append(chips.element, sentence.element, methods.element, columns.element, lens.element);
  shell.page.append(reading, scroll, caption.element);
  root.append(toolbar.element, shell.page, shell.live);
  /** @type {{ text: string, edits: string[] } | null} Before the last word was masked: a second click writes. */
  let before = null;
  /** @type {{ text: string, edits: string[] } | null} Before a field was opened. */
  let opened = null;

  const now = () => ({ text: state.get("text"), edits: state.get("edits") });

  /** @param {string} name */
  function perturb(name) {
    const edits = state.get("edits");
    const why = view.shown()?.now.refused[name];
    if (edits.includes(name)) state.set({ edits: edits.filter((one) => one !== name) });
    else if (why) say(why);
    else state.set({ edits: [...edits, name] });
  }

  /** @param {number} at */
  function undo(at) {
    state.set({ edits: state.get("edits").filter((_, k) => k !== at) });
  }

  /** @param {string} choice */
  function aim(choice) {
    const target = view.shown()?.now.target;
    state.set({ target: choice === (state.get("target") || target) ? "" : choice });
  }

  /** @param {number} at */
  function press(at) {
    const about = view.shown()?.now;
    if (!about) return;
    if (data.task !== "mask") return open(at);
    if (at === about.mask) return;
    before = now();
    state.set({ text: view.withWord(at, data.mask), edits: [], target: "" });
  }

  /** @param {number} at */
  function open(at) {
    opened = now();
    sentence.edit(at);
  }

  /** @param {number} at @param {string} word */
  function write(at, word) {
    if (opened) state.set({ edits: [...opened.edits, `${at}=${word}`] });
  }

  /** @param {string} text */
  function rewrite(text) {
    const masks = data.mask ? text.split(data.mask).length - 1 : 0;
    if (data.task !== "mask" || masks === 1) state.set({ text, edits: [], target: "" });
    else say(`The sentence needs one ${data.mask} where the model is to predict, and has ${masks}`);
  }

  /** @param {boolean} kept */
  function written(kept) {
    if (!kept && opened) state.set(opened);
    opened = null;
    note = "";
    layout();
    root.focus({ preventScroll: true });
  }

  /** @param {string} text */
  function say(text) {
    note = text;
    read();
    shell.live.textContent = text;
  }

  function read() {
    const error = shell.error();
    reading.classList.toggle("bvp-error", Boolean(error || note) && !pointed);
    if (pointed) setPieces(reading, pointed);
    else if (error || note) reading.replaceChildren(error || note);
    else setPieces(reading, atRest());
  }

  /** @returns {import("../../shared/pieces.js").Piece[]} */
  function atRest() {
    const both = view.shown();
    if (!both) return [];
    const said = (/** @type {import("./types.js").Answer} */ { choices, probabilities }) =>
      /** @type {import("../../shared/pieces.js").Piece[]} */ ([
        { bold: choices[0] },
        ` ${shareText(probabilities[0])}`,
      ]);
    const own = said(both.now);
    return view.isCompared()
      ? ["first guess ", ...said(both.first), " → ", ...own]
      : ["first guess ", ...own];
  }

  /** @param {string} choice @returns {import("../../shared/pieces.js").Piece[]} */
  function aboutChoice(choice) {
    const both = view.shown();
    if (!both) return [];
    const { first, now: after } = both;
    const [a, b] = [first.choices.indexOf(choice), after.choices.indexOf(choice)];
    const was =
      a >= 0 ? [first.probabilities[a], a] : [after.probabilities_before[b], after.ranks_before[b]];
    const is =
      b >= 0
        ? [after.probabilities[b], b]
        : [after.probabilities_of_first[a], after.ranks_of_first[a]];
    const place = (/** @type {number[]} */ [share, rank]) => `${shareText(share)}, place ${rank}`;
    return [
      { bold: choice },
      view.isCompared() ? `: ${place(was)} → ${place(is)}` : `: ${place(is)}`,
    ];
  }

  /** @param {number} at @returns {import("../../shared/pieces.js").Piece[]} */
  function aboutWord(at) {
    const both = view.shown();
    if (!both) return [];
    const { words, target, mask } = both.now;
    const values = view.mattered();
    const name = at === mask ? view.guess() : words[at];
    if (!values) return [{ bold: name }];
    const way = values[at] < 0 ? WORDS.lowers : WORDS.raises;
    const much = values[at]
      ? [
          `: ${way} `,
          { isolate: target },
          ` by ${signed(values[at])} (${METHODS[view.method()] ?? view.method()})`,
        ]
      : [];
    return [{ bold: name }, ...much];
  }

  function updateTexts() {
    toolbar.update();
    chips.update();
    methods.update();
    caption.show(captionParts());
    describe(scroll, { "aria-busy": view.wanted() === null });
    read();
  }

  function captionParts() {
    return [
      data.title,
      WORDS[data.task],
      `bars under words: orange ${WORDS.raises}, blue ${WORDS.lowers} ${view.shown()?.now.target ?? ""}`,
      ...(view.isCompared() ? [WORDS.changed, WORDS.moved] : []),
    ];
  }

  /** Asks for the answer to show, or says what still works. */
  function bring() {
    note = "";
    const { text, edits } = now();
    const isHere = view.wanted() !== null;
    shell.bring(
      isHere,
      () => store.want(text, edits),
      (found) => {
        if (found) return layout();
        root.classList.remove("bvp-absent");
        say(
          "Python does not answer, and this was not asked before. What still works: the changes of the sentence as it was asked last.",
        );
      },
    );
    if (isHere) read();
  }

  /** @param {Set<keyof Traits>} names */
  function changed(names) {
    if (names.has("text") || names.has("edits") || names.has("height")) {
      layout();
      bring();
      announce();
    } else {
      columns.layout(shell.width());
      sentence.update();
      updateTexts();
    }
  }

  function announce() {
    const about = view.wanted();
    if (about) shell.live.textContent = [...about.said, reading.textContent].join(". ");
  }

  function layout() {
    const width = shell.width();
    if (!width) return;
    sentence.layout(width);
    columns.layout(width);
    lens.layout(width);
    place(scroll, { "max-height": Number(state.get("height")) || HEIGHT });
    updateTexts();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const at = sentence.wordAt(event.target);
    const step = arrowStep(event);
    if (event.key === "Escape") state.set({ edits: [], target: "" });
    else if (event.key === "u") undo(state.get("edits").length - 1);
    else if (at !== null && step) {
      const next = sentence.next(at, step);
      if (next !== null) sentence.focus(next);
    } else if (at !== null && (event.key === "Enter" || event.key === " ")) press(at);
    else if (at !== null && event.key === "e") open(at);
    else return false;
    return true;
  }

  /** @param {Event & { target: EventTarget | null }} event */
  function point(event) {
    const at = sentence.wordAt(event.target);
    const choice = columns.choiceAt(event.target);
    const cell =
      event instanceof MouseEvent && lens.element.contains(/** @type {Node} */ (event.target))
        ? lens.cellAt(event)
        : null;
    columns.light(choice);
    if (at !== null) pointed = aboutWord(at);
    else if (choice !== null) pointed = aboutChoice(choice);
    else pointed = cell ? lens.said(cell) : null;
    read();
  }

  function leave() {
    pointed = null;
    columns.light(null);
    read();
  }

  listen(scroll, {
    pointermove: point,
    pointerleave: leave,
    focusin: point,
    focusout: leave,
    click({ target, detail }) {
      const at = sentence.wordAt(target);
      if (at !== null && detail < 2) press(at);
    },
    dblclick({ target }) {
      const at = sentence.wordAt(target);
      if (at === null || data.task !== "mask") return;
      if (before) state.set(before);
      before = null;
      open(at);
    },
  });
  shell.start();
  // Widths that were measured before a font came are wrong.
  const onFonts = () => layout();
  document.fonts?.addEventListener("loadingdone", onFonts);

  return {
    arrived() {
      if (!shell.width()) return;
      layout();
      if (view.wanted()) announce();
    },
    destroy() {
      shell.destroy();
      document.fonts?.removeEventListener("loadingdone", onFonts);
    },
  };
}
