/**
 * Heads that a reader switches off: a mark on a head, a row of switches, and what the model answers.
 *
 * @typedef {import("./types.js").State} State
 * @typedef {{ layer: number, head: number }} Head
 * @typedef {{ answers: [string, number][], moved: number | null }} Answered
 * @typedef {object} Switches What Python sends.
 * @property {string} asked "[MASK]", "next token", "class", "last hidden layer".
 * @property {[number, number]} shape Layers and heads.
 * @property {Answered} whole By all heads.
 * @property {Answered[]} alone Without each head alone, layer by layer.
 * @property {[number, number][]} off The heads that are off in what is drawn.
 * @property {Answered} now Without those.
 */

import { picker } from "../../shared/button_row.js";
import { button, describe, element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { percent } from "../../shared/text.js";
import { SWITCH_WORDS } from "./design.js";

export const SWITCH_KEY = "x";
/** On the head that is pointed at. */
const MARK = "off";

/** @param {State} state Notebooks of older versions have none. @returns {[number, number][]} */
const offOf = (state) => state.get("off") ?? [];

/** @param {[number, number][]} off */
const namesOf = (off) => off.map((pair) => pair.join("-")).join(", ");

/** @param {State} state @param {Head} at */
export const isOff = (state, { layer, head }) =>
  offOf(state).some(([one, other]) => one === layer && other === head);

/** @param {import("./types.js").Frame} frame @param {Head} at @returns {boolean} Whether there are switches. */
export function toggle({ state, store, figure }, at) {
  if (!store.switches) return false;
  const { layer, head } = at;
  const others = offOf(state).filter(([one, other]) => one !== layer || other !== head);
  if (!isOff(state, at)) others.push([layer, head]);
  // The answer builds the view anew, and the focus comes back to this head.
  const root = figure.closest(".bvp");
  if (root instanceof HTMLElement) root.dataset.switched = `${layer}-${head}`;
  state.set({ off: others.sort((a, b) => a[0] - b[0] || a[1] - b[1]) });
  return true;
}

/**
 * @param {import("./types.js").Frame} frame
 * @returns {boolean} Whether the one head that is drawn was switched.
 */
export function toggleDrawn(frame) {
  const [layer, heads] = [frame.state.get("layer"), frame.state.get("heads")];
  const [head, ...more] = heads === "mean" ? [] : heads;
  if (layer === "mean" || head === undefined || more.length) return false;
  return toggle(frame, { layer, head });
}

/**
 * @param {HTMLElement} within
 * @param {Head} at
 * @returns {boolean} Whether this head was switched just before the view was built anew, and had the focus.
 */
export function wasSwitched(within, { layer, head }) {
  const root = within.closest(".bvp");
  const isIt = root instanceof HTMLElement && root.dataset.switched === `${layer}-${head}`;
  return isIt && root.matches(":focus, :focus-within");
}

/**
 * The mark on the head that is pointed at.
 *
 * @param {import("./types.js").Frame} frame
 */
export function powerMark(frame) {
  const mark = button("bvp-power", MARK, (event) => {
    event.stopPropagation();
    if (here) toggle(frame, here);
  });
  mark.tabIndex = -1;
  // The focus stays with the head.
  mark.addEventListener("pointerdown", (event) => event.preventDefault());
  /** @type {(Head & { node: HTMLElement }) | null} */
  let here = null;
  return {
    /** @param {(Head & { node: HTMLElement }) | null} at */
    put(at) {
      here = at;
      if (!at || !frame.store.switches) return mark.remove();
      const off = isOff(frame.state, at);
      const title = `switch ${off ? "on" : "off"} (${SWITCH_KEY})`;
      describe(mark, {
        "aria-pressed": off,
        "aria-label": `off: head ${at.layer}-${at.head}`,
        title,
      });
      // Put in anew while it is pressed, it would lose the click.
      if (mark.parentNode !== at.node) at.node.append(mark);
    },
  };
}

/**
 * What the model answers without some heads, as far as it is here.
 *
 * @param {Switches} switches
 * @param {[number, number][]} off
 * @returns {Answered | null}
 */
export function answerWithout({ off: drawn, now, whole, alone, shape }, off) {
  if (namesOf(off) === namesOf(drawn)) return now;
  if (off.length > 1) return null;
  return off.length ? alone[off[0][0] * shape[1] + off[0][1]] : whole;
}

/**
 * @param {Answered} answered
 * @param {Answered} whole
 * @returns {import("../../shared/pieces.js").Piece[]} Each answer with its share; bold where its rank is another than by all heads.
 */
export function answerText({ answers, moved }, whole) {
  if (moved !== null) return [`${SWITCH_WORDS.moved} ${percent(moved)} ${SWITCH_WORDS.length}`];
  return answers.flatMap(([text, share], rank) => [
    ...(rank ? [", "] : []),
    whole.answers[rank]?.[0] === text ? { isolate: text } : { bold: text },
    ` ${percent(share)}`,
  ]);
}

/**
 * The lines under the figure.
 *
 * @param {import("./types.js").Frame} frame
 */
export function switchLines(frame) {
  const { state, store } = frame;
  const { switches } = store;
  const box = element("div", "bvp-switches");
  const [controls, before, after] = ["div", "p", "p"].map((tag) =>
    element(/** @type {"div"} */ (tag)),
  );
  box.hidden = !switches;
  box.append(controls, before, after);
  describe(after, { role: "status" });
  /** @type {ReturnType<typeof picker> | null} */
  let row = null;
  let rowOf = Number.NaN;

  /** Switches of the layer in view. */
  function layerRow() {
    const [layer, mode] = [state.get("layer"), state.get("mode")];
    if (layer === "mean" || mode === "overview") {
      row = null;
      return;
    }
    if (row && rowOf === layer) return row.update();
    rowOf = layer;
    row = picker({
      className: "bvp-lines bvp-power-row",
      label: `Layer ${layer}, heads on`,
      names: Array.from({ length: store.shape().heads }, (_, head) => head),
      isOn: (head) => !isOff(state, { layer, head }),
      choose: (head) => toggle(frame, { layer, head }),
    });
  }

  /** @param {[number, number][]} off @returns {HTMLElement[]} */
  function chips(off) {
    if (!off.length)
      return row
        ? []
        : [
            element(
              "span",
              "",
              `to switch a head off, point at it and press ${MARK}; by key: arrows, then ${SWITCH_KEY}`,
            ),
          ];
    const heads = off.map(([layer, head]) =>
      button("bvp-turn", `${layer}-${head} ×`, () => toggle(frame, { layer, head })),
    );
    for (const one of heads) one.title = "switch on again";
    const all = button("bvp-turn", "all on", () => state.set({ off: [] }));
    return [
      element("span", "", `${SWITCH_WORDS.off}:`),
      ...heads,
      ...(off.length > 1 ? [all] : []),
    ];
  }

  function update() {
    if (!switches) return;
    const off = offOf(state);
    layerRow();
    controls.replaceChildren(...(row ? [row.element] : []), ...chips(off));
    row?.buttons.forEach((one, head) => {
      if (wasSwitched(box, { layer: rowOf, head })) one.focus({ preventScroll: true });
    });
    const { asked, whole, off: drawn } = switches;
    const says = whole.moved === null;
    setPieces(before, [
      `${asked}, all heads: `,
      ...(says ? answerText(whole, whole) : ["as it is"]),
    ]);
    const found = off.length ? answerWithout(switches, off) : null;
    const stays = drawn.length ? `as without ${namesOf(drawn)}` : "as with all heads";
    setPieces(
      after,
      !off.length
        ? []
        : found
          ? [`without ${namesOf(off)}: `, ...answerText(found, whole)]
          : [`without ${namesOf(off)}: needs a running kernel; one head off at a time is stored`],
    );
    if (found && namesOf(off) !== namesOf(drawn))
      after.append(
        element(
          "span",
          "bvp-later",
          `. Attention stays ${stays}: it follows with a running kernel.`,
        ),
      );
    after.classList.toggle("bvp-later", !found && off.length > 0);
  }

  return { element: box, update };
}
