/** One head as a heat map: which token attends to which, and how much? */
import { fadeOut, pixelRatio, size } from "../../shared/canvas.js";
import { clamp, describe, element, place } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { counted } from "../../shared/text.js";
import { css } from "../../shared/theme.js";
import {
  ATTENDS,
  BAR_HEIGHT,
  BARS,
  BOTH,
  BOTH_TITLE,
  FEWER_BARS,
  GETS,
  MATRIX_LABEL,
  NARROW_MATRIX,
  PANEL,
  PANEL_FROM,
  RECEIVED,
  SIGNED_WORDS,
} from "./design.js";
import { evenInRow } from "./even.js";
import { hiddenShare, massByCode } from "./figure_data.js";
import { meanOfHeads } from "./head_mean.js";
import { received } from "./heads_weights.js";
import { axisLabels, labelRoom } from "./matrix_axes.js";
import { bothHeads } from "./matrix_both.js";
import { crosshair, isVisible } from "./matrix_cross.js";
import { followHand } from "./matrix_hand.js";
import { paintMap, paintSeams } from "./matrix_paint.js";
import { columnOf, profilePanel, rowOf } from "./matrix_profile.js";
import { isWhole, moveTo, READABLE, reveal, wholeMap, zoomTo } from "./matrix_window.js";
import { ZOOM_STEP, zoomButtons } from "./matrix_zoom.js";
import { cameFromOverview, goBack } from "./overview_trail.js";
import { drawnHeads, placesOf, toggled } from "./selection.js";
import { weightScale } from "./weight_scale.js";
import { weightWords } from "./weight_words.js";
import { axesText, headsText, specialText } from "./wording.js";

/** @typedef {import("./matrix_hand.js").Place} Place */

const PROFILE_HEIGHT = 60;
const SCALE_HEIGHT = 48;
/** Larger cells have a label each and need no zoom. */
const CRAMPED = 11;
const FEWEST_BARS = 3;
/** Beside the map. */
const GAP = 34;

/** @param {import("./types.js").Frame} frame @returns {import("./types.js").ModeView} */
export function matrix(frame) {
  const { figure, state, store } = frame;
  const box = element("div", "bvp-matrix");
  const canvas = element("canvas");
  const plot = element("div", "bvp-plot");
  const labelLayer = element("div");
  const aside = element("div", "bvp-aside");
  const zoomRow = zoomButtons(zoomBy);
  const labels = axisLabels(labelLayer);
  plot.append(canvas);
  const cross = crosshair(plot);
  box.append(labelLayer, plot, zoomRow, aside);
  figure.append(box);
  describe(plot, {
    role: "application",
    tabindex: 0,
    "aria-label": "Attention matrix; arrow keys move, Enter pins, plus and minus zoom",
  });

  /** @type {import("./matrix_hand.js").Hand} */
  const hand = {
    window: () => window,
    whole: () => isWhole(space, window),
    pointed: () => pointed,
    point,
    pin: pinPlace,
    move(row, column) {
      const next = moveTo(space, window, row, column);
      if (next.row === window.row && next.column === window.column) return false;
      show(next);
      return true;
    },
    zoom(at, cell) {
      if (cell === "toggle") zoomAround(at, isWhole(space, window) ? READABLE : 0);
      else zoomAround(at, cell);
    },
  };
  const both = bothHeads(frame, hand);
  let panel = profilePanel(PANEL, BARS);
  let space = { rows: 1, columns: 1, width: 1, height: 1, ratio: 1, special: [false] };
  let window = wholeMap(space);
  let room = { left: 0, top: 0 };
  let shown = read();
  /** @type {Place | null} */
  let pointed = null;
  followHand(plot, hand);
  labelLayer.addEventListener("click", (event) => {
    const node = event.target instanceof HTMLElement ? event.target.closest("bdi") : null;
    const side = node?.classList.contains("bvp-y") ? "from" : "to";
    if (node) pin(side, Number(node.dataset.at), event.shiftKey);
  });
  wantBoth();
  if (cameFromOverview(state)) plot.focus({ preventScroll: true });

  function read() {
    const data = store.figureData();
    const heads = drawnHeads(state);
    if (!data) return null;
    const map = meanOfHeads(data, heads);
    const lost = heads.reduce((sum, head) => sum + data.rounded[head], 0) / heads.length;
    return {
      data,
      map,
      heads: heads.join(),
      mass: massByCode(map.codes, 1, [lost]),
      received: meanReceived(data, heads),
      causal: store.shape().causal && data.kind !== "cross",
    };
  }

  function layout() {
    const width = figure.clientWidth;
    if (!width || !shown) return;
    const { rows, columns } = shown.data;
    const besides = width >= PANEL_FROM;
    const height = state.get("height");
    room = labelRoom(
      rows,
      columns,
      MATRIX_LABEL[width < NARROW_MATRIX ? "narrow" : "most"],
      smallFont(),
    );
    const [wide, high] = [
      width - room.left - (besides ? PANEL : 20),
      height - room.top - (besides ? 2 : SCALE_HEIGHT),
    ];
    space = {
      rows: rows.size,
      columns: columns.size,
      width: store.models() && besides ? Math.min(wide, high) : wide,
      height: high,
      ratio: pixelRatio(),
      special: columns.special,
    };
    window = wholeMap(space);
    const isLong = window.cell < CRAMPED;
    const mapWidth = isLong ? space.width : window.columns * window.cell;
    const mapBottom = room.top + window.rows * window.cell;
    zoomRow.hidden = !isLong;
    place(plot, room);
    if (besides) place(aside, { left: room.left + mapWidth + GAP, top: 0 });
    else place(aside, { left: room.left, top: mapBottom + 8 });
    place(box, { height: besides ? height : mapBottom + fillBelow(height - mapBottom) });
    if (besides) fillAside(PANEL - 36, store.models() ? FEWER_BARS : BARS);
    draw();
  }

  /** Both heads stand under the bars, or in a narrow column under the scale. */
  function drawBoth() {
    if (!store.models()) return;
    const width = figure.clientWidth - aside.offsetLeft - 2;
    const below = figure.clientWidth < PANEL_FROM;
    const height = below ? BOTH : Math.max(BOTH, state.get("height") - both.node.offsetTop);
    both.draw(space, window, width, height);
  }

  function wantBoth() {
    if (store.models() && shown)
      both.want(() => {
        drawBoth();
        point(pointed);
      });
  }

  function smallFont() {
    return `12px ${frame.theme().font}`;
  }

  /**
   * Under the map in a narrow column: the scale, and as many bars as there is room for.
   *
   * @param {number} height
   * @returns {number} The height that is used.
   */
  function fillBelow(height) {
    if (store.models()) {
      fillAside(figure.clientWidth - room.left - 8, 0);
      return SCALE_HEIGHT + BOTH + BOTH_TITLE;
    }
    const free = height - SCALE_HEIGHT - PROFILE_HEIGHT;
    const fitting = Math.min(BARS, Math.floor(free / BAR_HEIGHT) - 1);
    const count = fitting < FEWEST_BARS ? 0 : fitting;
    fillAside(figure.clientWidth - room.left - 8, count);
    return SCALE_HEIGHT + (count ? PROFILE_HEIGHT + (count + 1) * BAR_HEIGHT : 0);
  }

  /** @param {number} width @param {number} count */
  function fillAside(width, count) {
    panel = profilePanel(width, count);
    const scale = weightScale(frame.theme(), { name: store.quantity(), scale: shown?.data.scale });
    const below = figure.clientWidth < PANEL_FROM;
    aside.replaceChildren(...(count ? [panel.node] : []), scale);
    if (store.models()) scale[below ? "before" : "after"](both.node);
    aside.classList.toggle("bvp-below", below);
  }

  function draw() {
    if (!shown || !figure.clientWidth) return;
    const { data, map } = shown;
    const theme = frame.theme();
    const [width, height] = [window.columns * window.cell, window.rows * window.cell];
    const context = size(canvas, width, height);
    paintMap(context, map, window, theme, state.get("threshold"), data.scale);
    paintSeams(context, data.rows, data.columns, window, css(theme.soft));
    place(plot, { width, height });
    plot.classList.toggle("bvp-zoomed", !isWhole(space, window));
    labels.build({ y: data.rows, x: data.columns }, window, room, smallFont());
    point(pointed);
    drawBoth();
    caption();
  }

  /** @returns {number[]} Rows, or columns when the side is "to". */
  function pinned() {
    if (!shown) return [];
    return placesOf(near(shown.data), state.get("selected_tokens"));
  }

  /** @param {import("./types.js").FigureData} data */
  function near({ rows, columns }, side = state.get("side")) {
    return side === "from" ? rows : columns;
  }

  function isFrom() {
    return state.get("side") === "from";
  }

  /** @param {Place | null} at */
  function point(at) {
    pointed = at;
    const pins = pinned().map((line) => (isFrom() ? { row: line } : { column: line }));
    cross(pins, at, window);
    if (store.models()) both.point(pins, at);
    const [pin] = pinned();
    const row = at ? at.row : isFrom() ? pin : undefined;
    const column = at ? at.column : isFrom() ? undefined : pin;
    const rowSeen = row !== undefined && isVisible(row, window.row, window.rows);
    const columnSeen = column !== undefined && isVisible(column, window.column, window.columns);
    labels.point(rowSeen ? row : null, columnSeen ? column : null);
    showProfile(isFrom() ? row : column);
    frame.reading(
      at ? told(at) : [`Point at a cell to read its ${store.quantity()}; click to keep its row`],
    );
  }

  /** @param {number | undefined} line A row, or a column when the side is "to". */
  function showProfile(line) {
    if (!shown) return;
    const { map, data } = shown;
    const { rows, columns } = data;
    const theme = frame.theme();
    const { scale } = data;
    const even = columns.size ? 1 / columns.size : 0;
    const what = /** @type {"difference"} */ (store.quantity());
    const named = RECEIVED[what] ?? `${what[0].toUpperCase()}${what.slice(1)} received`;
    const received = [`${named}, mean over rows`];
    if (line === undefined)
      panel.show(received, shown.received, columns, undefined, even, theme, scale);
    else if (isFrom()) {
      const evenHere = evenInRow(rows, columns, line, shown.causal);
      const heading = [{ bold: rows.labels[line] }, ATTENDS[what] ?? ATTENDS.weight];
      panel.show(heading, rowOf(map, line), columns, pointed?.column, evenHere, theme, scale);
    } else {
      const heading = [{ bold: columns.labels[line] }, GETS[what] ?? GETS.weight];
      panel.show(heading, columnOf(map, line), rows, pointed?.row, even, theme, scale);
    }
  }

  /** @param {Place} at @returns {import("../../shared/pieces.js").Piece[]} */
  function told(at) {
    if (!shown) return [];
    const { data, map, causal } = shown;
    const words = weightWords(data, map, at, { causal, quantity: store.quantity() }).join(", ");
    const [from, to] = [data.rows.labels[at.row], data.columns.labels[at.column]];
    const of = store.models() && both.words(at);
    return [{ bold: from }, " → ", { bold: to }, `: ${words}${of ? `, ${of}` : ""}`];
  }

  function caption() {
    if (!shown) return;
    const { data } = shown;
    const heads = drawnHeads(state);
    const names = headsText(heads, data);
    const missing = store.missing();
    const isCrowded = window.cell * space.ratio < 1;
    frame.caption([
      store.title,
      `${data.where}, ${heads.length === 1 ? names : `mean of ${names}`}`,
      axesText(data.kind === "cross"),
      isCrowded ? `largest ${store.quantity()} at each spot` : null,
      data.scale.signed ? SIGNED_WORDS.colours : null,
      isWhole(space, window) ? null : `${window.rows} of ${space.rows} rows in view`,
      state.get("hide_special") ? specialText(store, data, heads, true) : null,
      missing ? `${counted(missing, "weight")} missing (hatched)` : null,
    ]);
    frame.hidden(data.scale.signed ? null : hiddenShare(shown, [0], state.get("threshold")));
  }

  /** @param {boolean} anew What stands beside the map is of another kind. */
  function refresh(anew) {
    const before = shown;
    const data = store.figureData();
    const heads = drawnHeads(state).join();
    if (!data || (data === before?.data && heads === before.heads)) return;
    shown = read();
    wantBoth();
    if (anew || before?.data.rows !== data.rows || before.data.columns !== data.columns) {
      pointed = null;
      layout();
      return;
    }
    fadeOut(canvas);
    draw();
  }

  /** @param {import("./matrix_window.js").Window} next */
  function show(next) {
    window = next;
    draw();
  }

  /**
   * @param {Place} at
   * @param {number} cell 0 shows the whole.
   */
  function zoomAround(at, cell) {
    if (zoomRow.hidden) return;
    show(cell ? zoomTo(space, window, cell, at) : wholeMap(space));
  }

  /** @param {number} factor 0 shows the whole. */
  function zoomBy(factor) {
    const row = Math.floor(window.row + window.rows / 2);
    const column = Math.floor(window.column + window.columns / 2);
    zoomAround(pointed ?? { row, column }, window.cell * factor);
  }

  /** @param {Place} at @param {boolean} more */
  function pinPlace({ row, column }, more) {
    const side = state.get("side");
    pin(side, side === "from" ? row : column, more);
  }

  /**
   * @param {"from" | "to"} side
   * @param {number} at Row or column.
   * @param {boolean} more Keep what is pinned.
   */
  function pin(side, at, more) {
    if (!shown) return;
    const unit = near(shown.data, side).unit[at];
    const before = side === state.get("side") ? state.get("selected_tokens") : [];
    state.set({ side, selected_tokens: toggled(before, unit, more) });
  }

  /** @param {[number, number]} step */
  function move([across, down]) {
    const from = pointed ?? { row: window.row - down, column: window.column - across };
    const at = {
      row: clamp(from.row + down, 0, space.rows - 1),
      column: clamp(from.column + across, 0, space.columns - 1),
    };
    const next = reveal(space, window, at.row, at.column);
    if (next.row !== window.row || next.column !== window.column) show(next);
    point(at);
    frame.announce(frame.readingText());
  }

  /** @returns {boolean} Whether there was anything to take back. */
  function stepBack() {
    if (pointed) point(null);
    else if (!isWhole(space, window)) show(wholeMap(space));
    else if (state.get("selected_tokens").length) state.set({ selected_tokens: [] });
    else return goBack(state);
    return true;
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const step = arrowStep(event);
    if (step) move(step);
    else if (event.key === "Enter" && pointed) pinPlace(pointed, event.shiftKey);
    else if (event.key === "+" || event.key === "=") zoomBy(ZOOM_STEP);
    else if (event.key === "-") zoomBy(1 / ZOOM_STEP);
    else if (event.key === "0") zoomBy(0);
    else if (event.key === "Escape") return stepBack();
    else return false;
    return true;
  }

  return {
    layout,
    update(changed) {
      if (changed.has("selected_tokens") || changed.has("side")) point(pointed);
      if (changed.has("threshold")) draw();
      refresh(changed.has("quantity"));
    },
    key,
    destroy() {},
  };
}

/**
 * @param {import("./types.js").FigureData} data
 * @param {number[]} heads
 * @returns {Float64Array} What each column receives, mean over the rows and these heads.
 */
function meanReceived(data, heads) {
  const values = received(data, 0);
  return Float64Array.from(
    data.columns.unit,
    (_, column) =>
      heads.reduce((sum, head) => sum + values[column * data.heads + head], 0) / heads.length,
  );
}
