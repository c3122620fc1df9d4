/**
 * Places the heads' cells: layers × heads in a rectangle, as large as they fit.
 *
 * @typedef {object} OverviewGrid Lengths in CSS pixels.
 * @property {boolean} turned Layers run across and heads down.
 * @property {number} across How many cells a line has.
 * @property {number} down How many lines there are.
 * @property {number} cell Side of a cell.
 * @property {number} pitchX From one cell to the next.
 * @property {number} pitchY
 * @property {boolean} labelled There is room for a label under each cell.
 * @property {number} width Of the numbers and the cells.
 * @property {number} height
 * @property {number} panel Room for a panel at the right, 0 for none.
 */

import { clamp } from "../../shared/dom.js";
import {
  BESIDE_FROM,
  GAPS,
  LABEL_HEIGHT,
  LABELLED_FROM,
  LEFT,
  MAP_BELOW,
  MAP_PITCH,
  PANEL_GAP,
  PANEL_WIDTH,
  PITCH,
  RIGHT,
  TOP,
  TURNED_GAINS,
} from "./design.js";

/**
 * Layers run down unless cells are over 15% larger the other way round.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} layers
 * @param {number} heads
 * @param {{ least: number, most: number }} [limits] Of the pitch.
 * @returns {OverviewGrid}
 */
export function overviewGrid(width, height, layers, heads, limits = PITCH) {
  const widest = (/** @type {number} */ across) => Math.floor((width - LEFT - RIGHT) / across);
  const tallest = (/** @type {number} */ down) => Math.floor((height - TOP) / down);
  const fit = (/** @type {number} */ across, /** @type {number} */ down) =>
    Math.min(widest(across), tallest(down));
  const turned = fit(layers, heads) > fit(heads, layers) * TURNED_GAINS;
  const [across, down] = turned ? [layers, heads] : [heads, layers];
  const pitch = clamp(fit(across, down), limits.least, limits.most);
  const gap =
    pitch >= GAPS.large_from ? GAPS.large : pitch >= GAPS.medium_from ? GAPS.medium : GAPS.small;
  const labelled = pitch >= LABELLED_FROM;
  const cell = labelled ? Math.min(pitch - gap, tallest(down) - LABEL_HEIGHT) : pitch - gap;
  const pitchX = labelled ? Math.min(widest(across), cell + 14) : pitch;
  const pitchY = labelled ? cell + LABEL_HEIGHT : pitch;
  const taken = LEFT + across * pitchX;
  const left = width - taken - PANEL_GAP;
  const panel = left >= PANEL_WIDTH.least ? Math.min(PANEL_WIDTH.most, left) : 0;
  const size = { width: taken, height: TOP + down * pitchY };
  return { turned, across, down, cell, pitchX, pitchY, labelled, panel, ...size };
}

/**
 * The same for one number a head: smaller cells, with room for a panel beside or below them.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} layers
 * @param {number} heads
 * @returns {OverviewGrid}
 */
export function headMapGrid(width, height, layers, heads) {
  const beside = width >= BESIDE_FROM;
  const kept = beside ? PANEL_GAP + PANEL_WIDTH.least : 0;
  const room = beside ? height : height - MAP_BELOW;
  const grid = overviewGrid(width - kept, room, layers, heads, MAP_PITCH);
  const left = width - grid.width - PANEL_GAP;
  return { ...grid, panel: beside ? Math.min(PANEL_WIDTH.most, left) : 0 };
}

/**
 * Special columns stay visible in small cells, or what most heads rest on would vanish.
 *
 * @param {number} cell Side in CSS pixels.
 * @returns {number} The least width of a special token's column.
 */
export function leastSpecial(cell) {
  return cell >= 60 ? 3 : cell >= 30 ? 2.5 : 2;
}
