/** The scatter: three canvases one over the other, and where every mark is. */

import { pen, size } from "../../shared/canvas.js";
import { describe, element, place } from "../../shared/dom.js";
import { textWidth } from "../../shared/text.js";
import { NAMED, WIDEST_FAN } from "./design.js";
import { placeLabels } from "./labels.js";
import { createMotion } from "./motion.js";
import { createGrid } from "./near.js";
import { drawLabels, drawMark, drawOverlay } from "./overlay.js";
import { createPainter } from "./paint.js";
import { fitAll, placePoints, radiusFor } from "./places.js";

/** Side of the canvas that follows the pointer. */
const SPOT = 36;

/** Largest distance from the pointer, in CSS pixels. */
const REACH = 14;

/** @typedef {ReturnType<typeof createPlot>} Plot */

/**
 * @param {import("./view.js").View} view
 * @param {() => void} moved Called at each frame of a movement.
 */
export function createPlot(view, moved) {
  const { store, data } = view;
  const box = element("div", "bvp-plot");
  const points = element("canvas", "bvp-points");
  const over = element("canvas");
  // The mark at the pointer has a small canvas of its own: a large one costs more than its marks.
  const spot = element("canvas", "bvp-spot");
  describe(box, { tabindex: 0, role: "application", "aria-roledescription": "scatter plot" });
  describe(points, { role: "img" });
  for (const canvas of [over, spot]) describe(canvas, { "aria-hidden": true });
  box.append(points, over, spot);
  const painter = createPainter(points, view);
  let [width, height, radius] = [0, 0, 0];
  let font = "";
  /** @type {Map<number, import("./places.js").Places>} */
  const placed = new Map();
  /** @type {Map<number, import("./labels.js").Label[]>} */
  const labelled = new Map();
  /** @type {ReturnType<typeof fitAll> | null} */
  let fit = null;
  /** @type {ReturnType<typeof createGrid> | null} */
  let grid = null;
  /** @type {[number, number][]} */
  let lasso = [];
  let pointed = -1;
  let isBare = false;

  const motion = createMotion({ placesAt, labelsAt, frame: draw });

  /** Layers that came with the view; one that comes later must not change the scale. */
  function fitted() {
    const name = view.projection();
    const embedded = data.projections[name]?.layers ?? data.hidden_layers;
    const layers = data.hidden_layers
      .map((layer, step) => (embedded.includes(layer) ? store.points(name, step) : null))
      .filter((one) => one !== null);
    return fitAll(layers, width, height);
  }

  /** @param {number} step */
  function placesAt(step) {
    const known = placed.get(step);
    if (known) return known;
    const at = store.points(view.projection(), step);
    if (!at || !width) return null;
    fit ??= fitted();
    const widest = WIDEST_FAN * Math.min(width, height);
    const places = placePoints(at, fit, radius, widest);
    placed.set(step, places);
    return places;
  }

  /** @param {number} step */
  function labelsAt(step) {
    const known = labelled.get(step);
    if (known) return known;
    const places = placesAt(step);
    const { labels } = view.group();
    if (!places || labels.length > NAMED || labels.length < 2) return [];
    const widths = labels.map((_, code) => textWidth(view.mark(code), font) + 8);
    const found = placeLabels(places, view.codes(step), widths, { width, height, radius });
    labelled.set(step, found);
    return found;
  }

  function draw() {
    grid = null;
    const { x, y, labels } = motion.now();
    painter.paint(x, y, view.codes());
    drawLabels(points, view, labels, font);
    drawOver();
    moved();
  }

  function drawOver() {
    const { x, y } = motion.now();
    const pinned = view.pinned();
    box.classList.toggle("bvp-receding", pinned >= 0);
    showSpot();
    const bare = pinned < 0 && !lasso.length;
    if (!x.length || (bare && isBare)) return;
    isBare = bare;
    const nearest = pinned >= 0 ? (view.nearest(pinned)?.items ?? []) : [];
    const muted = view.muted();
    const codes = view.codes();
    const kept = nearest.filter((item) => !muted[codes[item]]);
    const way = pinned >= 0 ? wayOf(pinned) : [];
    const translations = new Set(pinned >= 0 ? store.translationsOf(pinned) : []);
    const marked = { pinned, nearest: kept, translations, way, lasso };
    drawOverlay(over, view, { x, y, radius, ...marked });
  }

  function showSpot() {
    const { x, y } = motion.now();
    spot.hidden = pointed < 0 || pointed === view.pinned() || !(x[pointed] >= 0);
    if (spot.hidden) return;
    const context = pen(spot);
    context.clearRect(0, 0, SPOT, SPOT);
    const middle = SPOT / 2;
    const look = view.look(view.codes()[pointed]);
    drawMark(context, view, look, [middle, middle], Math.max(4.6, 1.35 * radius), 1.6);
    place(spot, { left: x[pointed] - middle, top: y[pointed] - middle });
  }

  /** @param {number} item @returns {[number, number, number][]} */
  function wayOf(item) {
    return data.hidden_layers.flatMap((layer, step) => {
      const places = placesAt(step);
      if (!places || Number.isNaN(places.x[item])) return [];
      return [/** @type {[number, number, number]} */ ([places.x[item], places.y[item], layer])];
    });
  }

  function counts() {
    const muted = view.muted();
    const codes = view.codes();
    return (/** @type {number} */ item) => !muted[codes[item]];
  }

  return {
    element: box,
    motion,
    draw,
    drawOver,
    counts,
    places: placesAt,
    width: () => width,
    picture: points,

    /** Sizes, theme, colouring or projection changed. */
    layout() {
      const narrow = box.clientWidth < 480;
      [width, height] = [box.clientWidth, box.clientHeight];
      if (!width || !height) return;
      radius = radiusFor(data.count, narrow);
      font = `600 ${narrow ? 12.5 : 14}px ${view.theme().font}`;
      for (const canvas of [points, over]) size(canvas, width, height);
      size(spot, SPOT, SPOT);
      isBare = false;
      placed.clear();
      labelled.clear();
      fit = null;
      painter.prepare(radius);
      if (!motion.jump(view.step())) draw();
    },

    /** The groups changed, not the places. */
    recolour() {
      labelled.clear();
      painter.prepare(radius);
      if (!motion.jump(view.step())) draw();
    },

    /** Names are placed ahead of the first movement. */
    prepare(/** @type {number} */ step) {
      labelsAt(step);
    },

    /**
     * @param {number} x
     * @param {number} y
     * @returns {number} The occurrence there, or -1.
     */
    itemAt(x, y) {
      const now = motion.now();
      grid ??= createGrid(now.x, now.y, width, height);
      return grid.nearest(x, y, REACH, counts());
    },

    pointed: () => pointed,

    /** @param {number} item -1 for none. */
    point(item) {
      if (item === pointed) return;
      pointed = item;
      showSpot();
    },

    /** @param {[number, number][]} outline */
    setLasso(outline) {
      lasso = outline;
      drawOver();
    },
  };
}
