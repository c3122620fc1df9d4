/**
 * Two columns of tokens and what runs between them, for every head at once.
 *
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").ModeView} ModeView
 * @typedef {import("./types.js").FigureData} FigureData
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {import("./heads_layout.js").Layout} Layout
 * @typedef {import("./heads_links.js").Scene} Scene
 * @typedef {import("./heads_weights.js").Focus} Focus
 * @typedef {"from" | "to"} Side
 * @typedef {{ side: Side, at: number }} Pointed
 */

import { fadeOut, size } from "../../shared/canvas.js";
import { clamp, element, place } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { textWidth } from "../../shared/text.js";
import { css } from "../../shared/theme.js";
import { RULER } from "./design.js";
import { hiddenShare } from "./figure_data.js";
import { createColumn, labelWidth } from "./heads_columns.js";
import { buildHeader, columnNames } from "./heads_header.js";
import { headsLayout, rowAt, seenAt } from "./heads_layout.js";
import { clear, drawFocus, drawRest, focusSpan } from "./heads_links.js";
import { followPointer } from "./heads_pointer.js";
import { captionOf, longestCaption, readingOf, stripTip } from "./heads_reading.js";
import { drawRuler, drawStrips } from "./heads_strips.js";
import { focusWeights, received, strongest } from "./heads_weights.js";
import { goBack } from "./overview_trail.js";
import { drawnHeads, pairHint, pairOf, pinnedUnits, placesOf, toggled } from "./selection.js";
import { SWITCH_KEY, toggleDrawn } from "./switches.js";

/** @type {Side[]} */
const SIDES = ["from", "to"];

/** Changes after which the old picture fades out over the new one. */
const FADED = /** @type {const} */ (["layer", "heads", "attention_kind", "quantity"]);

/** @param {Frame} frame @returns {ModeView} */
export function heads(frame) {
  const { figure, state, store } = frame;
  const header = element("div", "bvp-columns-head bvp-fine");
  const scroller = element("div", "bvp-scroller bvp-scroll");
  const content = element("div", "bvp-content");
  const stage = element("div", "bvp-stage");
  const rest = element("canvas", "bvp-rest");
  const cables = element("canvas");
  const strips = element("canvas");
  const aside = element("canvas");
  const ruler = element("canvas");
  const columns = {
    from: createColumn("from", "from: tokens that attend"),
    to: createColumn("to", "to: tokens that are attended to"),
  };
  stage.append(rest, cables, strips, aside, ruler);
  content.append(stage, columns.from.element, columns.to.element);
  scroller.append(content);
  figure.append(header, scroller);

  /** @type {FigureData | null} */
  let data = null;
  /** @type {Layout | null} */
  let layout = null;
  /** @type {Pointed | null} */
  let pointed = null;
  /** @type {Float32Array} `[tokens, heads]` beside which the strips stand. */
  let values = new Float32Array();
  /** @type {(import("../../shared/pieces.js").CaptionPart | null)[]} Keeps the caption's height on hover. */
  let longest = [];
  /** The strips on the right show what tokens receive. */
  let isAtRest = false;
  let frameRequest = 0;
  /** How many links at rest are not drawn. */
  let leftOut = 0;

  /** @returns {Scene | null} */
  function scene() {
    if (!data || !layout) return null;
    return {
      data,
      layout,
      theme: data.mean ? withoutHue(frame.theme()) : frame.theme(),
      heads: drawnHeads(state),
      threshold: state.get("threshold"),
      combine: state.get("combine"),
      scrolled: scroller.scrollTop,
    };
  }

  /** @param {Side} side */
  function pinned(side) {
    if (!data || side !== state.get("side")) return [];
    return placesOf(side === "from" ? data.rows : data.columns, pinnedUnits(state));
  }

  /** @param {Side} side @returns {number | null} The token that makes a pair with the pinned one. */
  function partner(side) {
    const unit = pairOf(state)[side === "from" ? 0 : 1];
    if (!data || side === state.get("side") || unit === undefined) return null;
    return placesOf(side === "from" ? data.rows : data.columns, [unit])[0] ?? null;
  }

  /** @returns {Focus | null} The token pointed at, or else those pinned; on the side opposite to pinned ones it is only read. */
  function focus() {
    const side = state.get("side");
    const pins = pinned(side);
    if (pointed && (!pins.length || side === pointed.side))
      return { side: pointed.side, places: [pointed.at] };
    return pins.length ? { side, places: pins } : null;
  }

  function layOut() {
    data = store.figureData();
    if (!data || !figure.clientWidth) return;
    const family = frame.theme().font;
    const names = columnNames(data).map((name) => textWidth(name, `11px ${family}`));
    const { rows, columns: tos, heads } = data;
    const widest = [rows, tos].map((axis, k) =>
      axis.labels.reduce((most, _, i) => Math.max(most, labelWidth(axis, i, family)), names[k]),
    );
    const [width, height] = [figure.clientWidth, state.get("height")];
    layout = headsLayout({ width, height, heads, rows, columns: tos, widest });
    const whole = layout.scrolls ? layout.ruler + RULER : layout.width;
    place(scroller, { height: layout.height, width: whole });
    place(scroller, { "overflow-y": layout.scrolls ? "auto" : "hidden" });
    place(content, { height: layout.length, width: layout.width });
    for (const side of SIDES) columns[side].build(layout, family);
    // These canvases are copied to the screen at every move: small ones faster.
    for (const canvas of [rest, cables]) {
      size(canvas, layout.linkRight - layout.linkLeft, layout.height);
      place(canvas, { left: layout.linkLeft });
    }
    for (const canvas of [strips, aside]) size(canvas, layout.stripWidth, layout.height);
    place(strips, { left: layout.strip });
    place(aside, { left: focusSpan(layout, "to").strip });
    size(ruler, RULER, layout.height);
    place(ruler, { left: layout.ruler });
    ruler.hidden = !layout.scrolls;
    pointed = null;
    draw();
    setTimeout(warm);
  }

  /** Makes the first strokes, which are slow, before a reader waits for them. */
  function warm() {
    const current = scene();
    if (!current || focus()) return;
    for (const side of SIDES) {
      focusWeights(current, { side, places: [0] });
      drawFocus(cables, current, { side, places: [0] });
    }
    clear(cables);
    // A browser loads a weight of a font when text first needs it.
    textWidth("bold", `600 13px ${current.theme.font}`);
  }

  function draw() {
    const current = scene();
    if (!current) return;
    for (const side of SIDES) {
      const translate = `0 ${current.scrolled * current.layout[side].lag}px`;
      place(columns[side].element, { translate });
      columns[side].showGaps(current.layout, current.scrolled);
    }
    leftOut = drawRest(rest, current);
    buildHeader(header, current);
    longest = longestCaption(frame, current, leftOut);
    isAtRest = false;
    drawTouched();
    const { data, heads, threshold } = current;
    frame.hidden(data.scale.signed ? null : hiddenShare(data, heads, threshold));
  }

  /** Draws all that depends on the token pointed at. */
  function drawTouched() {
    const current = scene();
    if (!current) return;
    const now = focus();
    const { left, right } = focusSpan(current.layout, now?.side);
    const isAside = now?.side === "to";
    values = now ? focusWeights(current, now) : received(current.data, current.threshold);
    figure.classList.toggle("bvp-dim", now !== null);
    if (now) drawFocus(cables, current, now);
    else clear(cables);
    const shown = { values, beside: beside(now) };
    drawStrips(isAside ? aside : strips, current, shown);
    if (isAside && !isAtRest) {
      const resting = received(current.data, current.threshold);
      drawStrips(strips, current, { values: resting, beside: "to" });
    }
    isAtRest = isAside || !now;
    aside.hidden = !isAside;
    figure.classList.toggle("bvp-left", isAside);
    if (current.layout.scrolls) drawRuler(ruler, current, shown);
    markTokens(current, now);
    const other = now && (pointed?.side === beside(now) ? pointed.at : partner(beside(now)));
    frame.readingRoom(left, right - left);
    const hint = now && pairHint(state, partner(beside(now)));
    frame.reading([
      ...readingOf(current, store.quantity(), now, values, other),
      ...(hint ? [hint] : []),
    ]);
    frame.caption(captionOf(frame, current, { focus: now, values, leftOut }), longest);
  }

  /** @param {Focus | null} now @returns {Side} */
  const beside = (now) => (now?.side === "to" ? "from" : "to");

  /** @param {Scene} current @param {Focus | null} now */
  function markTokens(current, now) {
    const found = strongest(values, current.data.heads, current.heads).weight;
    const { signed } = current.data.scale;
    const largest = signed ? Math.max(...found.map(Math.abs)) || 1 : 1;
    const weight = signed ? found.map((one) => Math.abs(one) / largest) : found;
    for (const side of SIDES) {
      const far = now !== null && now.side !== side;
      const at = pointed?.side === side ? pointed.at : null;
      const seen = seenAt(current.layout, current.layout[side], current.scrolled);
      columns[side].mark({
        seen: (i) => seen(i) > 0,
        soft: now !== null,
        on: [...((!far && now?.places) || []), ...(at === null ? [] : [at])],
        at,
        pinned: [...pinned(side), ...(partner(side) === null ? [] : [Number(partner(side))])],
        weight: far ? weight : null,
      });
    }
  }

  /** @param {Pointed | null} wanted */
  function point(wanted) {
    if (wanted?.side === pointed?.side && wanted?.at === pointed?.at) return;
    pointed = wanted;
    drawTouched();
  }

  /** @param {Pointed} wanted @param {boolean} adding */
  function pin({ side, at }, adding) {
    if (!data) return;
    const unit = (side === "from" ? data.rows : data.columns).unit[at];
    const [near, ...more] = pinnedUnits(state);
    if (side !== state.get("side") && near !== undefined && !more.length && !adding) {
      const pair = side === "to" ? [near, unit] : [unit, near];
      state.set({ pair: partner(side) === at ? [] : pair });
      return;
    }
    const kept = side === state.get("side") ? state.get("selected_tokens") : [];
    state.set({ side, selected_tokens: toggled(kept, unit, adding), pair: [] });
  }

  function release() {
    point(null);
    state.set({ selected_tokens: [], pair: [] });
  }

  /** @param {PointerEvent} event */
  function showSquare({ clientX, clientY }) {
    const current = scene();
    if (!current) return;
    const now = focus();
    const { left, top } = scroller.getBoundingClientRect();
    const across = clientX - left - focusSpan(current.layout, now?.side).strip;
    const head = Math.floor(across / current.layout.cell);
    const column = current.layout[beside(now)];
    const other = rowAt(current.layout, column, current.scrolled, clientY - top);
    if (other < 0 || !current.heads.includes(head)) return frame.hideTip();
    const weight = values[other * current.data.heads + head];
    const { causal } = store.shape();
    frame.showTip(clientX, clientY, (tip) =>
      stripTip(tip, current, now, { other, head, weight, causal, quantity: store.quantity() }),
    );
  }

  /** @param {EventTarget | null} target */
  function tokenAt(target) {
    for (const side of SIDES) {
      const at = columns[side].placeOf(target);
      if (at >= 0) return { side, at };
    }
    return null;
  }

  followPointer(scroller, {
    tokenAt,
    point,
    pin,
    release,
    showSquare,
    hideSquare: frame.hideTip,
    isPointed: ({ side, at }) => pointed?.side === side && pointed.at === at,
    scrollTo(share) {
      if (layout) scroller.scrollTop = share * layout.length - layout.height / 2;
    },
    onRuler: (x) => Boolean(layout?.scrolls && x >= layout.ruler - 3),
  });
  scroller.onscroll = () => {
    frameRequest ||= requestAnimationFrame(() => {
      frameRequest = 0;
      draw();
    });
  };
  for (const side of SIDES) {
    const { element: box } = columns[side];
    box.onfocus = () => box.matches(":focus-visible") && move(side, 0);
    box.onblur = () => point(null);
  }

  /** @param {Side} side @param {number} step @param {number} [start] */
  function move(side, step, start = pinned(side)[0] ?? 0) {
    const current = scene();
    if (!current) return;
    const column = current.layout[side];
    const at = clamp(start + step, 0, column.axis.size - 1);
    if (Number.isNaN(seenAt(current.layout, column, current.scrolled)(at)))
      scroller.scrollTop = (column.middle[at] - current.layout.height / 2) / (1 - column.lag);
    columns[side].read(at);
    point({ side, at });
    frame.announce(frame.readingText());
  }

  return {
    layout: layOut,

    update(changed) {
      const next = store.figureData();
      if (!next) return;
      const same = layout?.from.axis === next.rows && layout.to.axis === next.columns;
      if (!same || data?.heads !== next.heads) return layOut();
      data = next;
      if (FADED.some((field) => changed.has(field))) fadeOut(rest);
      draw();
    },

    key(event) {
      const step = arrowStep(event);
      if (step) {
        const side = step[0] ? SIDES[step[0] > 0 ? 1 : 0] : (pointed?.side ?? state.get("side"));
        const start = pointed?.at;
        columns[side].element.focus({ preventScroll: true });
        move(side, step[1], start);
      } else if ((event.key === "Enter" || event.key === " ") && pointed)
        pin(pointed, event.shiftKey);
      else if (event.key === "Escape" && goBack(state)) return true;
      else if (event.key === SWITCH_KEY) return toggleDrawn(frame);
      else if (event.key === "Escape" && focus()) release();
      else return false;
      return true;
    },

    destroy: () => cancelAnimationFrame(frameRequest),
  };
}

/**
 * @param {import("../../shared/theme.js").Theme} theme
 * @returns {import("../../shared/theme.js").Theme} For a mean, which has no head's colour.
 */
function withoutHue(theme) {
  return { ...theme, heads: [theme.ink], headCss: [css(theme.ink)] };
}
