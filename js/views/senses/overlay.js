/** Over the marks: names, the pinned occurrence with its neighbours and its way, the lasso. */

import { pen } from "../../shared/canvas.js";
import { css } from "../../shared/theme.js";
import { PINNED, TOGETHER } from "./design.js";
import { traceShape } from "./shapes.js";

/** @typedef {import("./view.js").View} View */

/**
 * @typedef {object} Shown
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {number} radius
 * @property {number} pinned
 * @property {number[]} nearest
 * @property {Set<number>} translations Of the pinned one.
 * @property {[number, number, number][]} way x, y and hidden layer of the pinned one, by layer.
 * @property {[number, number][]} lasso
 */

/**
 * @param {HTMLCanvasElement} canvas Cleared.
 * @param {View} view
 * @param {Shown} shown
 */
export function drawOverlay(canvas, view, shown) {
  const context = pen(canvas);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const { x, y, radius, pinned, nearest, translations } = shown;
  const here = (/** @type {number} */ item) => item >= 0 && !Number.isNaN(x[item]);
  if (here(pinned)) {
    drawWay(context, view, shown);
    context.strokeStyle = css(view.theme().ink);
    const { line, near, own } = PINNED;
    Object.assign(context, { lineWidth: line.width, globalAlpha: line.opacity });
    const seen = nearest.filter(here);
    for (const item of seen) {
      context.setLineDash(translations.size && !translations.has(item) ? line.missed : []);
      context.beginPath();
      context.moveTo(x[pinned], y[pinned]);
      context.lineTo(x[item], y[item]);
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
    const missed = [...translations].filter((item) => here(item) && !nearest.includes(item));
    const markOf = (/** @type {number} */ item) => view.look(view.codes()[item]);
    const large = (/** @type {{ least: number, times: number }} */ { least, times }) =>
      Math.max(least, times * radius);
    for (const item of seen)
      drawMark(context, view, markOf(item), [x[item], y[item]], large(near), 0);
    for (const item of missed)
      drawMark(context, view, markOf(item), [x[item], y[item]], large(near), near.ring);
    drawMark(context, view, markOf(pinned), [x[pinned], y[pinned]], large(own), own.ring);
    drawStops(context, view, shown);
  }
  drawLasso(context, view, shown.lasso);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {{ shape: number, ink: string }} look
 * @param {[number, number]} place
 * @param {number} radius
 * @param {number} ring
 */
export function drawMark(context, view, { shape, ink }, [x, y], radius, ring) {
  const { ink: line, paper } = view.theme();
  traceShape(context, shape, x, y, radius);
  context.lineJoin = "round";
  for (const [width, colour] of /** @type {const} */ ([
    [ring + 3, paper],
    [ring, line],
  ])) {
    if (!ring) continue;
    context.lineWidth = width;
    context.strokeStyle = css(colour);
    context.stroke();
  }
  context.fillStyle = ink;
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {View} view @param {Shown} shown */
function drawWay(context, view, { way }) {
  const { soft } = view.theme();
  context.strokeStyle = css(soft);
  Object.assign(context, { lineWidth: PINNED.way.width, globalAlpha: PINNED.way.opacity });
  context.setLineDash(PINNED.way.dash);
  context.beginPath();
  for (const [k, [endX, endY]] of way.entries()) {
    // Catmull and Rom's curve goes through every place.
    const [from, before] = [way[Math.max(0, k - 1)], way[Math.max(0, k - 2)]];
    const after = way[Math.min(way.length - 1, k + 1)];
    if (!k) context.moveTo(endX, endY);
    else
      context.bezierCurveTo(
        from[0] + (endX - before[0]) / 6,
        from[1] + (endY - before[1]) / 6,
        endX - (after[0] - from[0]) / 6,
        endY - (after[1] - from[1]) / 6,
        endX,
        endY,
      );
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * The layers' numbers along the way.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Shown} shown
 */
function drawStops(context, view, { x, y, pinned, way }) {
  const { soft, paper, font } = view.theme();
  context.font = `10.5px ${font}`;
  Object.assign(context, { textAlign: "center", textBaseline: "middle", lineJoin: "round" });
  context.lineWidth = 4;
  context.strokeStyle = css(paper);
  context.fillStyle = css(soft);
  for (const { x: atX, y: atY, layers } of stops(way)) {
    if (Math.hypot(atX - x[pinned], atY - y[pinned]) < TOGETHER + 2) continue;
    const text = layers.join(",");
    context.strokeText(text, atX, atY);
    context.fillText(text, atX, atY);
  }
}

/** @param {[number, number, number][]} way */
function stops(way) {
  /** @type {{ x: number, y: number, layers: number[] }[]} */
  const found = [];
  for (const [x, y, layer] of way) {
    const near = found.find((stop) => Math.hypot(stop.x - x, stop.y - y) < TOGETHER);
    if (near) near.layers.push(layer);
    else found.push({ x, y, layers: [layer] });
  }
  return found;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {[number, number][]} lasso
 */
function drawLasso(context, view, lasso) {
  if (lasso.length < 2) return;
  const { ink } = view.theme();
  context.beginPath();
  for (const [x, y] of lasso) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = css(ink, 0.05);
  context.fill();
  context.lineWidth = 1.2;
  context.strokeStyle = css(ink);
  context.setLineDash([4, 3]);
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {View} view
 * @param {import("./labels.js").Label[]} labels
 * @param {string} font
 */
export function drawLabels(canvas, view, labels, font) {
  const context = pen(canvas);
  context.font = font;
  Object.assign(context, { textAlign: "center", textBaseline: "middle", lineJoin: "round" });
  context.lineWidth = view.data.count > 1000 ? 6 : 4.5;
  context.strokeStyle = css(view.theme().paper);
  const muted = view.muted();
  for (const { group, x, y, opacity } of labels) {
    if (opacity < 0.02 || muted[group]) continue;
    context.globalAlpha = 0.9 * opacity;
    context.strokeText(view.mark(group), x, y);
    context.globalAlpha = opacity;
    context.fillStyle = view.look(group).ink;
    context.fillText(view.mark(group), x, y);
  }
  context.globalAlpha = 1;
}
