/**
 * Tokens as text of the page: they can be selected, searched and read aloud.
 *
 * @typedef {import("./heads_layout.js").Layout} Layout
 * @typedef {import("./heads_layout.js").Column} Column
 */

import { describe, element } from "../../shared/dom.js";
import { shorten, textWidth } from "../../shared/text.js";
import { SENTENCE_GAP, startsSentence, stuckEnd, TOKEN_PAD } from "./heads_layout.js";

let made = 0;

/** Weights from which on a token's text is drawn in ink, and bold. */
const WARM = 0.08;
const HOT = 0.25;
const HEAT = ["", "bvp-warm", "bvp-hot"];

/**
 * @param {"from" | "to"} side
 * @param {string} label
 */
export function createColumn(side, label) {
  const box = element("div", `bvp-tokens bvp-${side}`);
  const id = `bvp-list-${++made}`;
  describe(box, {
    ...{ role: "listbox", "aria-label": label, tabindex: 0 },
    "aria-multiselectable": true,
    "aria-orientation": "vertical",
  });
  /** @type {HTMLElement[]} */
  let tokens = [];
  /** @type {Map<HTMLElement, string>} */
  let marked = new Map();

  /**
   * @param {Layout} layout
   * @param {string} family
   */
  function build(layout, family) {
    const column = layout[side];
    marked = new Map();
    tokens = column.axis.labels.map((_, i) => token(column, i, family));
    tokens.forEach((one, i) => {
      describe(one, { role: "option", id: `${id}-${i}` });
    });
    box.replaceChildren(
      ...tokens,
      ...braces(layout, column, side, family),
      ...sentenceMarks(layout, column),
    );
    box.style.cssText = `width:${column.width}px;height:${column.length}px;--bvp-row:${layout.row}px;left:${side === "from" ? 0 : layout.linkRight}px`;
  }

  /**
   * @param {object} shown
   * @param {Set<number>} shown.on In focus.
   * @param {Set<number>} shown.pinned
   * @param {Float32Array | null} shown.weight What each token gets; null when the column is not looked at.
   * @param {"near" | "far" | ""} shown.role
   */
  function mark({ on, pinned, weight, role }) {
    box.classList.toggle("bvp-near", role === "near");
    box.classList.toggle("bvp-far", role === "far");
    const wanted = new Map();
    for (const i of on) wanted.set(tokens[i], "bvp-on");
    for (const i of pinned) wanted.set(tokens[i], `${wanted.get(tokens[i]) ?? ""} bvp-pinned`);
    weight?.forEach((here, i) => {
      const heat = HEAT[Number(here >= WARM) + Number(here >= HOT)];
      if (heat && tokens[i]) wanted.set(tokens[i], `${wanted.get(tokens[i]) ?? ""} ${heat}`);
    });
    for (const one of new Set([...marked.keys(), ...wanted.keys()]))
      setMarks(one, wanted.get(one) ?? "");
    marked = wanted;
  }

  /**
   * @param {HTMLElement} one
   * @param {string} marks
   */
  function setMarks(one, marks) {
    if (marks === (marked.get(one) ?? "")) return;
    one.classList.remove("bvp-on", "bvp-pinned", "bvp-warm", "bvp-hot");
    one.classList.add(...marks.split(" ").filter(Boolean));
    if (marks.includes("pinned")) one.setAttribute("aria-selected", "true");
    else one.removeAttribute("aria-selected");
  }

  return {
    element: box,
    build,
    mark,

    /** @param {EventTarget | null} target */
    placeOf: (target) =>
      target instanceof Element && box.contains(target)
        ? tokens.indexOf(/** @type {HTMLElement} */ (target.closest(".bvp-token")))
        : -1,

    /** @param {number | null} place Read aloud as the one the keyboard is at. */
    point(place) {
      if (place === null) box.removeAttribute("aria-activedescendant");
      else box.setAttribute("aria-activedescendant", `${id}-${place}`);
    },
  };
}

/**
 * @param {import("./types.js").Axis} axis
 * @param {number} i
 * @param {string} family
 */
export function tokenFont(axis, i, family) {
  return `${axis.special[i] ? 12 : 13}px ${family}`;
}

/**
 * @param {Column} column
 * @param {number} i
 * @param {string} family
 */
function token(column, i, family) {
  const { axis } = column;
  const label = axis.labels[i];
  const text = shorten(label, column.text, tokenFont(axis, i, family));
  const made = element("span", `bvp-token${axis.special[i] ? " bvp-special" : ""}`, text);
  made.dir = "auto";
  if (text !== label) made.title = label;
  if (startsSentence(axis, i)) made.style.marginTop = `${SENTENCE_GAP}px`;
  const end = stuckEnd(column, i);
  if (end) made.classList.add(end === "first" ? "bvp-stuck-top" : "bvp-stuck-bottom");
  return made;
}

/**
 * @param {Layout} layout
 * @param {Column} column
 * @param {"from" | "to"} side
 * @param {string} family
 * @returns {HTMLElement[]} Around the subwords of each word.
 */
function braces({ row }, column, side, family) {
  const { word, labels, size } = column.axis;
  const made = [];
  for (let start = 0, end; start < size; start = end) {
    end = start + 1;
    while (end < size && word[start] >= 0 && word[end] === word[start]) end++;
    if (end - start < 2) continue;
    const widths = labels
      .slice(start, end)
      .map((label, i) => textWidth(label, tokenFont(column.axis, start + i, family)));
    const out = TOKEN_PAD + Math.min(column.text, Math.max(...widths)) + 5;
    const brace = element("i", "bvp-brace");
    brace.style.cssText = `top:${column.middle[start] - row / 2 + 5}px;height:${(end - start) * row - 10}px;${side === "from" ? "right" : "left"}:${out}px`;
    made.push(brace);
  }
  return made;
}

/**
 * @param {Layout} layout
 * @param {Column} column
 * @returns {HTMLElement[]} A and B beside the sentences of a pair.
 */
function sentenceMarks({ row }, column) {
  const { segment, size } = column.axis;
  const starts = segment.map((_, i) => i).filter((i) => startsSentence(column.axis, i));
  if (!starts.length) return [];
  return [0, ...starts].map((start, i, all) => {
    const end = all[i + 1] ?? size;
    const mark = element("div", "bvp-sentence");
    mark.append(element("span", "", "AB"[segment[start]] ?? ""));
    mark.style.cssText = `top:${column.middle[start] - row / 2}px;height:${(end - start) * row}px`;
    mark.setAttribute("aria-hidden", "true");
    return mark;
  });
}
