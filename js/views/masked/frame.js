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

const REWRITTEN = "another sentence";

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
  /** What is drawn. */
  let drawn = "";
  /** @type {import("../../shared/pieces.js").Piece[] | null} What is pointed at. */
  let pointed = null;

  const toolbar = createToolbar(view, shell.menus, perturb);
  const chips = createChips(view, { undo, undoText, editAll: () => sentence.editAll() });
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
  /** @type {{ text: string, by: string, said: string } | null} The sentence that another took the place of. */
  let earlier = null;
  /** @type {number | null} The word that is written anew. */
  let editedAt = null;
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
    replaceText(
      view.withWord(at, data.mask),
      `“${about.words[at]}” masked, “${view.guess()}” filled in`,
    );
  }

  /**
   * A sentence in the place of this one, which comes back when that is undone.
   *
   * @param {string} text
   * @param {string} said
   */
  function replaceText(text, said) {
    earlier = { text: state.get("text"), by: text, said };
    state.set({ text, edits: [], target: "" });
  }

  function undoText() {
    if (earlier?.by !== state.get("text")) return;
    const { text } = earlier;
    earlier = null;
    state.set({ text, edits: [], target: "" });
  }

  /** @param {number} at */
  function open(at) {
    editedAt = at;
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
    const isRight = data.task !== "mask" || masks === 1;
    const start = earlier?.by === state.get("text") && earlier.said === REWRITTEN ? earlier : null;
    if (isRight) {
      note = "";
      replaceText(text, REWRITTEN);
      if (start && earlier) earlier.text = start.text;
    } else
      say(`The sentence needs one ${data.mask} where the model is to predict, and has ${masks}`);
    return isRight;
  }

  /** @param {boolean} kept */
  function written(kept) {
    if (!kept) note = "";
    if (!kept && opened) state.set(opened);
    opened = null;
    layout();
    if (editedAt === null) root.focus({ preventScroll: true });
    else sentence.focus(editedAt);
    editedAt = null;
  }

  /** @param {string} text */
  function say(text) {
    note = text;
    pointed = null;
    read();
    shell.live.textContent = text;
  }

  function read() {
    const error = shell.error();
    reading.classList.toggle("bvp-error", Boolean(error || (note && !pointed)));
    if (pointed && !error) setPieces(reading, pointed);
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
    const place = (/** @type {number[]} */ [share, rank]) =>
      `${shareText(share)}, place ${rank + 1}`;
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
    chips.update(earlier?.by === state.get("text") ? earlier.said : "");
    methods.update(shell.hasPython());
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
        if (found) return;
        root.classList.remove("bvp-absent");
        const both = view.shown();
        // A kernel that is busy answers later; without one the picture and the state would part.
        if (shell.hasPython() || !both) return say("Python does not answer yet");
        state.set({ text: both.first.text, edits: both.now.edits, target: "" });
        say(
          `This was not asked before, and no Python is joined to this view to ask. What still works: ${view.stored().join(", ")}.`,
        );
      },
    );
    if (isHere) read();
  }

  /** @param {Set<keyof Traits>} names */
  function changed(names) {
    if (names.has("text") || names.has("edits")) {
      // Until the answer comes, what is there stays.
      if (view.wanted()) layout();
      else updateTexts();
      bring();
      announce();
    } else if (names.has("height")) layout();
    else {
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
    drawn = view.signature();
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
    else if (event.key === "u") {
      const last = state.get("edits").length - 1;
      if (last < 0) undoText();
      else undo(last);
    } else if (at !== null && step) {
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
      // Answers to other edits come along.
      if (view.signature() === drawn) return toolbar.update();
      layout();
      if (view.wanted()) announce();
    },
    destroy() {
      shell.destroy();
      document.fonts?.removeEventListener("loadingdone", onFonts);
    },
  };
}
