/** Every head of every layer at one glance: which heads are there, and what does each do? */
import { isForSvg, pen, pixelRatio, size } from "../../shared/canvas.js";
import { describe, element, listen, place } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { followTaps } from "../../shared/taps.js";
import { counted } from "../../shared/text.js";
import { LEFT, OVERVIEW_WORDS, PANEL_GAP, SIGNED_WORDS, SWITCH_WORDS, TOP } from "./design.js";
import { headImage } from "./head_image.js";
import { paintHeadMap } from "./head_map.js";
import { headDetail } from "./overview_detail.js";
import { headMapGrid, leastSpecial, overviewGrid } from "./overview_grid.js";
import { cameBack, opened } from "./overview_trail.js";
import { pairNumbers } from "./pair_map.js";
import { mainPattern, patternWords } from "./patterns.js";
import { coloursOf } from "./scale.js";
import { pairOf } from "./selection.js";
import { statisticsMap } from "./statistics_map.js";
import { isOff, powerMark, SWITCH_KEY, toggle, wasSwitched } from "./switches.js";
import { weightScale } from "./weight_scale.js";
import { axesText } from "./wording.js";

/** Longer work is cut into pieces of so many ms: the page answers in between. */
const PIECE_MS = 12;
/** Under a map, for its label. */
const LABEL = 14;
const REST = "Point at a head: its map close up";

/**
 * @typedef {object} Cell
 * @property {number} layer
 * @property {number} head
 * @property {number} place Counted through all layers.
 * @property {HTMLElement} node
 * @property {number} x
 * @property {number} y
 */

/** @param {import("./types.js").Frame} frame @returns {import("./types.js").ModeView} */
export function overview(frame) {
  const { figure, state, store } = frame;
  const box = element("div", "bvp-overview");
  const canvas = element("canvas");
  const row = element("div", "bvp-marked-layer");
  const detail = headDetail(frame);
  const power = powerMark(frame);
  /** @type {Cell[]} */
  let cells = [];
  /** @type {Set<Cell>} */
  const unpainted = new Set();
  /** @type {Cell | null} */
  let touched = null;
  /** @type {Cell} The cell that Tab reaches: the head that the other modes show. */
  let here;
  let grid = overviewGrid(960, 500, 1, 1);
  const statistics = statisticsMap(frame);
  /** One number a head in place of its map. */
  let numbers = headNumbers();
  let frameRequest = 0;
  let returned = cameBack(state);

  figure.append(box);
  const isFirstTap = followTaps(box);
  listen(box, {
    pointerover({ pointerType, target }) {
      if (pointerType !== "touch") look(cellOf(target));
    },
    pointerleave: () => look(null),
    focusin: ({ target }) => look(cellOf(target)),
    focusout: () => look(null),
    click(event) {
      const cell = cellOf(event.target);
      const isFirst = isFirstTap(cell === touched);
      touched = cell;
      if (cell && isFirst) look(cell);
      else if (cell) choose(cell);
    },
  });

  function headNumbers() {
    return pairNumbers(frame, () => cells, open) ?? statistics(() => cells, open, refresh);
  }

  function layout() {
    const { layers, included } = store.shape();
    const width = figure.clientWidth;
    if (!width) return;
    numbers = headNumbers();
    const fit = numbers ? headMapGrid : overviewGrid;
    grid = fit(width, state.get("height"), layers.length, included.length);
    cells = buildCells();
    const lines = Array.from({ length: grid.down }, () => roled(element("div"), "row"));
    for (const [at, cell] of cells.entries()) lines[Math.floor(at / grid.across)].append(cell.node);
    const table = roled(element("div"), "grid");
    describe(table, { "aria-label": "All heads; arrow keys move, Enter opens" });
    table.append(...lines);
    const side = aside();
    box.replaceChildren(axisNumbers(layers, included), canvas, row, table, side);
    fitBox(side);
    size(canvas, grid.width, grid.height);
    show();
    if (numbers) store.wantPair().then(() => numbers && refresh());
    else store.wantMaps().then(paint);
    mark();
    const focused = returned ? here : cells.find((cell) => wasSwitched(figure, cell));
    focused?.node.focus({ preventScroll: true });
    returned = false;
  }

  /** Paints every cell, and says what is there. */
  function show() {
    for (const cell of cells) unpainted.add(cell);
    paint();
    nameCells();
    caption();
    look(null);
  }

  /** A frame is drawn around what is in the last line, too; a panel may be higher, or stand below. */
  function fitBox(/** @type {HTMLElement} */ side) {
    const beside = numbers || grid.panel ? side.offsetTop + side.offsetHeight : 0;
    const high = Math.max(grid.height, beside);
    place(box, { height: Math.min(high + 4, state.get("height")) });
  }

  /** The same cells have other numbers. */
  function refresh() {
    numbers = headNumbers();
    const side = aside();
    box.lastElementChild?.replaceWith(side);
    fitBox(side);
    show();
  }

  /** @returns {Cell[]} In reading order. */
  function buildCells() {
    const { layers, heads, included } = store.shape();
    unpainted.clear();
    return Array.from({ length: grid.across * grid.down }, (_, at) => {
      const [line, along] = [Math.floor(at / grid.across), at % grid.across];
      const [position, turn] = grid.turned ? [along, line] : [line, along];
      const head = included[turn];
      const index = position * heads + head;
      const layer = layers[position];
      const node = roled(element("div", "bvp-cell"), "gridcell");
      node.dataset.at = String(at);
      const x = LEFT + along * grid.pitchX;
      const y = TOP + line * grid.pitchY;
      const height = grid.cell + label();
      place(node, { left: x, top: y, width: grid.cell, height, "padding-top": grid.cell + 1 });
      return { layer, head, place: index, node, x, y };
    });
  }

  const label = () => (grid.labelled ? LABEL : 0);

  function nameCells() {
    const patterns = store.patterns();
    for (const { node, layer, head, place } of cells) {
      const off = isOff(state, { layer, head });
      if (grid.labelled) node.textContent = off ? "off" : mainPattern(patterns, place);
      const said = off ? SWITCH_WORDS.off : wordsOf(place);
      describe(node, { "aria-label": `layer ${layer}, head ${head}: ${said}` });
      node.classList.toggle("bvp-off", off);
    }
  }

  /** @param {number} place */
  const wordsOf = (place) => numbers?.words(place) ?? patternWords(store.patterns(), place);

  /** @param {number[]} layers @param {number[]} heads */
  function axisNumbers(layers, heads) {
    const all = element("div", "bvp-numbers");
    const lines = [layers, heads];
    if (!grid.turned) lines.reverse();
    const names = grid.turned ? ["head", "layer"] : ["layer", "head"];
    for (const [side, values] of lines.entries())
      for (const [at, value] of values.entries()) {
        const isHead = Boolean(side) === grid.turned;
        const number = element("span", isHead ? "bvp-head" : "", value);
        const along = grid.cell / 2 + at * (side ? grid.pitchY : grid.pitchX);
        place(number, side ? { left: LEFT / 2, top: TOP + along - 9 } : { left: LEFT + along });
        if (isHead) place(number, { "--head": `var(--bvp-head-${value % 16})` });
        all.append(number);
      }
    const small = names.map((name) => element("small", "", name));
    place(small[1], { left: grid.width + 3 });
    all.append(...small);
    return all;
  }

  function aside() {
    const { panel, width } = grid;
    const places = cells.map((cell) => cell.place);
    const box = element("div", "bvp-aside");
    if (numbers) {
      place(box, panel ? { left: width + PANEL_GAP, top: 0 } : { left: 8, top: grid.height + 10 });
      box.append(numbers.panel(panel));
      return box;
    }
    place(box, { left: width + (panel ? PANEL_GAP : 6), top: panel ? 0 : TOP + 6 });
    box.append(
      panel
        ? detail.build(panel, places)
        : weightScale(frame.theme(), {
            upright: true,
            name: store.quantity(),
            scale: store.scale(),
          }),
    );
    return box;
  }

  function paint() {
    cancelAnimationFrame(frameRequest);
    const context = pen(canvas);
    if (numbers) return paintHeadMap(context, cells, grid.cell, numbers, frame.theme());
    const ratio = pixelRatio();
    const side = Math.round(grid.cell * ratio);
    const least = Math.round(leastSpecial(grid.cell) * ratio);
    const { ramp } = coloursOf(frame.theme(), store.scale());
    const until = performance.now() + PIECE_MS;
    for (const cell of unpainted) {
      const map = store.map(cell.layer, cell.head);
      if (!map) continue;
      const image = headImage(map, side, side, least, ramp);
      context.putImageData(image, Math.round(cell.x * ratio), Math.round(cell.y * ratio));
      unpainted.delete(cell);
      if (performance.now() > until && !isForSvg()) {
        frameRequest = requestAnimationFrame(paint);
        return;
      }
    }
  }

  /** Marks the heads that the other modes show. */
  function mark() {
    const heads = new Set(/** @type {(number | string)[]} */ ([state.get("heads")].flat()));
    const layer = state.get("layer");
    const all = store.shape().included.every((head) => heads.has(head));
    for (const { node, ...cell } of cells) {
      const marked = cell.layer === layer && heads.has(cell.head);
      describe(node, { "aria-selected": marked });
      node.classList.toggle("bvp-marked", marked && !all);
    }
    const line = cells.filter((cell) => cell.layer === layer);
    here = line.find((cell) => heads.has(cell.head)) ?? cells[0];
    for (const { node } of cells) node.tabIndex = node === here.node ? 0 : -1;
    row.hidden = !all || !line.length;
    if (row.hidden) return;
    const [first, last] = [line[0], line[line.length - 1]];
    const [wide, high] = [last.x - first.x, last.y - first.y];
    const around = { left: first.x - 2, top: first.y - 2 };
    place(row, { ...around, width: wide + grid.cell + 4, height: high + grid.cell + 4 + label() });
  }

  function caption() {
    const { layers, included, rows, columns } = store.shape();
    const cross = rows.name !== columns.name;
    const map = store.map(layers[0], 0);
    const pooled = (map ? map.columns : columns.size) > grid.cell * pixelRatio() || map?.pooled;
    frame.caption([
      store.title,
      ...(numbers?.caption ?? []),
      `${layers.length} layers × ${counted(included.length, "head")}`,
      cross ? `${rows.size} × ${columns.size} tokens` : `${rows.size} tokens`,
      numbers ? null : axesText(cross),
      pooled && !numbers ? `pixel: largest ${store.quantity()}` : null,
      grid.turned ? OVERVIEW_WORDS.turned : null,
      numbers ? null : store.scale().signed ? SIGNED_WORDS.colours : labelWords(),
      !numbers && store.scale().signed && grid.labelled ? SIGNED_WORDS.labels : null,
      store.missing() ? `${store.missing()} weights missing` : null,
    ]);
    frame.hidden(null);
  }

  function restWords() {
    if (store.models()) return `${REST}; click for both models`;
    return `${REST}${store.scale().signed ? "" : ", and where its attention goes"}; click to open it`;
  }

  const labelWords = () => (grid.labelled ? OVERVIEW_WORDS.labels : OVERVIEW_WORDS.unlabelled);

  /** @param {Cell | null} cell */
  function look(cell) {
    power.put(cell);
    const said = cell && isOff(state, cell) ? SWITCH_WORDS.off : cell && wordsOf(cell.place);
    frame.reading(
      cell
        ? [{ bold: `layer ${cell.layer}, head ${cell.head}` }, `: ${said}`]
        : [numbers?.rest ?? restWords()],
    );
    if (numbers) return;
    const on = cell && !isOff(state, cell) ? cell : null;
    if (grid.panel) return detail.show(on);
    if (!on) return frame.hideTip();
    const { right, bottom } = on.node.getBoundingClientRect();
    frame.showTip(right, bottom, (tip) => detail.fillTip(tip, on));
  }

  /** @param {Cell} cell */
  const choose = (cell) => (numbers?.choose ?? open)(cell);

  /** @param {Cell} cell */
  function open({ layer, head, node }) {
    frame.hideTip();
    opened(state);
    frame.growFrom(node.getBoundingClientRect());
    state.set({ layer, heads: [head], mode: numbers && !store.models() ? "heads" : "matrix" });
  }

  /** @param {EventTarget | null} target */
  function cellOf(target) {
    const node = target instanceof Element ? target.closest(".bvp-cell") : null;
    return node instanceof HTMLElement ? cells[Number(node.dataset.at)] : null;
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const at = cells.findIndex(({ node }) => node.matches(":focus"));
    const step = arrowStep(event);
    if (step) cells[at < 0 ? 0 : at + step[0] + step[1] * grid.across]?.node.focus();
    else if (event.key === "Enter" && at >= 0) choose(cells[at]);
    else if (event.key === SWITCH_KEY && at >= 0) return toggle(frame, cells[at]);
    else if (event.key === "Escape" && pairOf(state).length)
      state.set({ pair: [], selected_tokens: [] });
    else if (event.key === "Escape" && statistics.close()) refresh();
    else if (event.key === "Escape" && at >= 0) cells[at].node.blur();
    else return false;
    return true;
  }

  return {
    layout,
    update(changed) {
      const onlyMarks = ["layer", "heads", "selected_tokens", "threshold", "side", "combine"];
      const names = [...changed];
      if (!names.length) {
        nameCells();
        look(null);
        paint();
      } else if (names.length === 1 && names[0] === "off") {
        nameCells();
        look(cells.find(({ node }) => node.matches(":hover, :focus")) ?? null);
      } else if (numbers && names.includes("pair") && pairOf(state).length) refresh();
      else if (names.every((name) => onlyMarks.includes(name))) mark();
      else layout();
    },
    key,
    destroy: () => cancelAnimationFrame(frameRequest),
  };
}

/**
 * @template {HTMLElement} T
 * @param {T} node
 * @param {string} role
 * @returns {T}
 */
function roled(node, role) {
  describe(node, { role });
  return node;
}
