/**
 * Two columns of tokens and what runs between them, for every head at once.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").ModeView} ModeView
 * @typedef {import("./types.js").Sheet} Sheet
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {import("./heads_layout.js").Layout} Layout
 * @typedef {import("./heads_links.js").Scene} Scene
 * @typedef {import("./heads_weights.js").Focus} Focus
 * @typedef {{ side: "from" | "to", place: number }} Pointed
 */

import { fadeOut, pen, size } from "../../shared/canvas.js";
import { clamp, describe, element } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { textWidth } from "../../shared/text.js";
import { createColumn, tokenFont } from "./heads_columns.js";
import { buildHeader, columnNames } from "./heads_header.js";
import { headsLayout, rowAt, seenAt } from "./heads_layout.js";
import { clear, drawFocus, drawRest, focusSpan } from "./heads_links.js";
import { composePicture } from "./heads_picture.js";
import { pointerFor } from "./heads_pointer.js";
import { focusReading, HINT, headsCaption, pairReading, stripTip } from "./heads_reading.js";
import { drawStrips } from "./heads_strips.js";
import { focusWeights, received, strongest } from "./heads_weights.js";
import { plainText } from "./pieces.js";
import { placesOf, toggled } from "./selection.js";
import { hiddenShare } from "./sheet.js";

/** What changes the picture so much that the old one should fade over the new. */
const FADED = /** @type {const} */ (["layer", "heads", "attention_kind", "hide_special"]);

/**
 * @param {Frame} frame
 * @returns {ModeView}
 */
export function heads(frame) {
  const { figure, state, store } = frame;
  const box = element("div", "bvp-heads-mode");
  const header = element("div", "bvp-columns-head");
  const scroller = element("div", "bvp-scroller");
  const sheetBox = element("div", "bvp-sheet");
  const stage = element("div", "bvp-stage");
  const [rest, focusCanvas, strips] = ["bvp-rest", "", ""].map((name) => element("canvas", name));
  const columns = {
    from: createColumn("from", "from: tokens that attend"),
    to: createColumn("to", "to: tokens that are attended to"),
  };
  describe(stage, { "aria-hidden": true });
  stage.append(rest, focusCanvas, strips);
  sheetBox.append(stage, columns.from.element, columns.to.element);
  scroller.append(sheetBox);
  box.append(header, scroller);
  figure.append(box);

  /** @type {Sheet | null} */
  let sheet = null;
  /** @type {Layout | null} */
  let layout = null;
  /** @type {Pointed | null} */
  let pointed = null;
  /** @type {Float32Array} */
  let values = new Float32Array();
  let frameRequest = 0;

  /** @returns {Scene | null} */
  function scene() {
    if (!sheet || !layout) return null;
    const [on, threshold] = [state.get("heads"), state.get("threshold")];
    return {
      sheet,
      layout,
      theme: frame.theme(),
      heads: on,
      threshold,
      scrolled: scroller.scrollTop,
    };
  }

  /** @returns {Focus | null} What is pinned. */
  function pins() {
    if (!sheet) return null;
    const side = state.get("side");
    const axis = side === "from" ? sheet.rows : sheet.columns;
    const places = placesOf(axis, state.get("selected_tokens"));
    return places.length ? { side, places } : null;
  }

  /** @returns {Focus | null} What is pointed at, before what is pinned; a pinned token's other side only tells. */
  function focus() {
    const pinned = pins();
    if (!pointed || (pinned && pinned.side !== pointed.side)) return pinned;
    return { side: pointed.side, places: [pointed.place] };
  }

  function layOut() {
    sheet = store.sheet();
    if (!sheet || !figure.clientWidth) return;
    const family = frame.theme().font;
    layout = headsLayout({
      width: figure.clientWidth,
      height: state.get("height"),
      heads: sheet.heads,
      rows: sheet.rows,
      columns: sheet.columns,
      widest: (axis) =>
        Math.max(0, ...axis.labels.map((label, i) => textWidth(label, tokenFont(axis, i, family)))),
    });
    const { height, length, width, scrolls, ruler } = layout;
    const whole = scrolls ? ruler + 11 : width;
    scroller.style.cssText = `height:${height}px;width:${whole}px;overflow-y:${scrolls ? "auto" : "hidden"}`;
    sheetBox.style.cssText = `height:${length}px;width:${width}px`;
    for (const column of Object.values(columns)) column.build(layout, family);
    for (const canvas of [rest, focusCanvas]) size(canvas, width, height);
    size(strips, whole, height);
    if (pointed && pointed.place >= layout[pointed.side].axis.size) pointed = null;
    draw();
    warm();
  }

  /** The first stroke on a canvas is slow; it is made before somebody waits for it. */
  function warm() {
    setTimeout(() => {
      const current = scene();
      if (!current || focus()) return;
      focusWeights(current.sheet, { side: "to", places: [0] }, how());
      drawFocus(focusCanvas, current, { side: "from", places: [0] });
      clear(focusCanvas, pen(focusCanvas));
    });
  }

  const how = () => ({
    heads: state.get("heads"),
    threshold: state.get("threshold"),
    combine: state.get("combine"),
  });

  function draw() {
    const current = scene();
    if (!current) return;
    slide(current);
    drawRest(rest, current);
    drawTouched();
    frame.hidden(hiddenShare(current.sheet, current.heads, current.threshold));
  }

  /** What changes when something else is pointed at. */
  function drawTouched() {
    const current = scene();
    if (!current) return;
    const now = focus();
    values = now
      ? focusWeights(current.sheet, now, how())
      : received(current.sheet, current.threshold);
    box.classList.toggle("bvp-dim", now !== null);
    if (now) drawFocus(focusCanvas, current, now);
    else clear(focusCanvas, pen(focusCanvas));
    drawStrips(strips, current, { values, beside: beside(now), left: stripLeft(current, now) });
    buildHeader(header, current, stripLeft(current, now));
    markTokens(current, now);
    tell(current, now);
  }

  /** @param {Focus | null} now */
  const beside = (now) => (now?.side === "to" ? "from" : "to");

  /**
   * @param {Scene} current
   * @param {Focus | null} now
   */
  const stripLeft = (current, now) => focusSpan(current.layout, now?.side ?? "from").strip;

  /**
   * @param {Scene} current
   * @param {Focus | null} now
   */
  function markTokens(current, now) {
    const pinned = pins();
    const { weight } = strongest(values, current.sheet.heads, current.heads);
    for (const side of /** @type {const} */ (["from", "to"])) {
      const far = now !== null && now.side !== side;
      const look = pointed?.side === side ? [pointed.place] : [];
      columns[side].mark({
        on: new Set([...(now?.side === side ? now.places : []), ...look]),
        pinned: new Set(pinned?.side === side ? pinned.places : []),
        weight: far ? weight : null,
        role: now === null ? "" : far ? "far" : "near",
      });
    }
  }

  /**
   * @param {Scene} current
   * @param {Focus | null} now
   */
  function tell(current, now) {
    const most = current.layout.narrow ? 2 : 3;
    if (!now) frame.reading([HINT]);
    else if (pointed && pointed.side !== now.side)
      frame.reading(pairReading(current, now, pointed.place, values));
    else frame.reading(focusReading(current, now, values, { combine: state.get("combine"), most }));
    frame.caption(headsCaption(frame, current, { focus: now, values }));
  }

  /** @param {Scene} current */
  function slide({ layout: { from, to }, scrolled }) {
    columns.from.element.style.transform = from.lag ? `translateY(${scrolled * from.lag}px)` : "";
    columns.to.element.style.transform = to.lag ? `translateY(${scrolled * to.lag}px)` : "";
  }

  /** @param {Pointed | null} wanted */
  function point(wanted) {
    if (wanted?.side === pointed?.side && wanted?.place === pointed?.place) return;
    pointed = wanted;
    drawTouched();
  }

  /**
   * @param {Pointed} wanted
   * @param {boolean} adding
   */
  function pin({ side, place }, adding) {
    if (!sheet) return;
    const unit = (side === "from" ? sheet.rows : sheet.columns).unit[place];
    const kept = side === state.get("side") ? state.get("selected_tokens") : [];
    state.set({ side, selected_tokens: toggled(kept, unit, adding) });
  }

  function release() {
    pointed = null;
    state.set({ selected_tokens: [] });
    drawTouched();
  }

  /**
   * @param {PointerEvent} event
   * @returns {{ other: number, head: number } | null} The square under the pointer.
   */
  function squareAt(event) {
    const current = scene();
    if (!current) return null;
    const frameBox = scroller.getBoundingClientRect();
    const now = focus();
    const across = event.clientX - frameBox.left - stripLeft(current, now);
    const head = Math.floor(across / current.layout.cell);
    const column = current.layout[beside(now)];
    const other = rowAt(current.layout, column, current.scrolled, event.clientY - frameBox.top);
    return current.heads.includes(head) && other >= 0 ? { other, head } : null;
  }

  /** @param {PointerEvent} event */
  function showSquare(event) {
    const current = scene();
    const found = squareAt(event);
    if (!current || !found) return frame.hideTip();
    const { other, head } = found;
    const weight = values[other * current.sheet.heads + head];
    const more = {
      focus: focus(),
      weight,
      causal: store.shape().causal,
      combine: state.get("combine"),
    };
    frame.showTip(event.clientX, event.clientY, (tip) =>
      stripTip(tip, current, { other, head, ...more }),
    );
  }

  /** @param {EventTarget | null} target */
  function tokenAt(target) {
    for (const side of /** @type {const} */ (["from", "to"])) {
      const place = columns[side].placeOf(target);
      if (place >= 0) return { side, place };
    }
    return null;
  }

  const stopPointer = pointerFor(scroller, {
    tokenAt,
    point,
    pin,
    release,
    showSquare,
    hideSquare: frame.hideTip,
    isPointed: (one) => pointed?.side === one.side && pointed.place === one.place,
    /** @param {number} share */
    scrollTo(share) {
      if (layout) scroller.scrollTop = share * layout.length - layout.height / 2;
    },
    onRuler: (x) => Boolean(layout?.scrolls && x >= layout.ruler - 3),
  });

  scroller.addEventListener("scroll", () => {
    frameRequest ||= requestAnimationFrame(() => {
      frameRequest = 0;
      draw();
    });
  });
  for (const side of /** @type {const} */ (["from", "to"])) {
    columns[side].element.addEventListener("focus", () => {
      if (columns[side].element.matches(":focus-visible")) move(side, 0);
    });
    columns[side].element.addEventListener("blur", () => point(null));
  }

  /**
   * @param {"from" | "to"} side
   * @param {number} step
   */
  function move(side, step) {
    if (!layout) return;
    const start =
      pointed?.place ?? pins()?.places[0] ?? (step < 0 ? layout[side].axis.size : step ? -1 : 0);
    const place = clamp(start + step, 0, layout[side].axis.size - 1);
    columns[side].point(place);
    bringIntoView(side, place);
    point({ side, place });
    const now = focus();
    const current = scene();
    if (now && current)
      frame.announce(
        plainText(focusReading(current, now, values, { combine: state.get("combine"), most: 3 })),
      );
  }

  /**
   * @param {"from" | "to"} side
   * @param {number} place
   */
  function bringIntoView(side, place) {
    const current = scene();
    if (
      !current ||
      !Number.isNaN(seenAt(current.layout, current.layout[side], current.scrolled)(place))
    )
      return;
    const { height, from, to } = current.layout;
    const column = side === "from" ? from : to;
    scroller.scrollTop = (column.middle[place] - height / 2) / Math.max(0.01, 1 - column.lag);
  }

  return {
    layout: layOut,

    update(changed) {
      const next = store.sheet();
      if (!next) return;
      const same = layout?.from.axis === next.rows && layout.to.axis === next.columns;
      if (!same || sheet?.heads !== next.heads) return layOut();
      sheet = next;
      if (FADED.some((field) => changed.has(field))) fadeOut(rest);
      draw();
    },

    key(event) {
      const step = arrowStep(event);
      const side = pointed?.side ?? state.get("side");
      if (step) {
        const to = step[0] ? (step[0] > 0 ? "to" : "from") : side;
        move(to, step[1]);
        columns[to].element.focus({ preventScroll: true });
      } else if ((event.key === "Enter" || event.key === " ") && pointed)
        pin(pointed, event.shiftKey);
      else if (event.key === "Escape" && focus()) release();
      else return false;
      return true;
    },

    picture() {
      const current = scene();
      if (!current) return null;
      const names = columnNames(current.sheet);
      return composePicture(current, { rest, focusCanvas, strips, names, focus: focus() });
    },

    destroy() {
      cancelAnimationFrame(frameRequest);
      stopPointer();
      frame.hideTip();
    },
  };
}
