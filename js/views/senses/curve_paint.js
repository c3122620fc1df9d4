/** The lines of the curves, on a canvas. */

import { shorten, textWidth } from "../../shared/text.js";
import { css } from "../../shared/theme.js";
import { CROWDED, CURVES, KEY, LEFT, NUMBER_PITCH, RIGHT } from "./design.js";
import { scoreText } from "./panels.js";

/** @typedef {import("./view.js").View} View */

/**
 * @typedef {import("./panels.js").Panel} Panel
 * @typedef {import("./panels.js").Values} Values
 * @typedef {object} Room
 * @property {number} width
 * @property {number} top
 * @property {number} bottom
 * @property {number} at The layer shown, between two steps while things move.
 * @property {(step: number) => number} across
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Panel} panel
 * @param {Room} room
 */
export function drawPanel(context, view, panel, room) {
  const { ink, soft, hair, paper, dark, font } = view.theme();
  const { top, bottom, at, across, width } = room;
  const [least, most] = panel.range;
  const up = (/** @type {number} */ value) =>
    bottom + ((top - bottom) * (value - least)) / (most - least);
  const x = across(at);
  context.strokeStyle = css(hair);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, top - 2);
  context.lineTo(x, bottom);
  context.stroke();

  band(context, panel, across, up, css(ink, CURVES.band[dark ? "dark" : "light"]));
  drawHead(context, view, panel, room);
  context.font = `11px ${font}`;
  Object.assign(context, { textBaseline: "middle", textAlign: "right" });
  context.fillStyle = css(soft);
  const base = Math.max(0, least);
  // In a low panel the two would be one over the other.
  for (const value of up(base) - up(most) < CROWDED ? [base] : [most, base])
    context.fillText(String(value), LEFT - 8, up(value) + (value === most ? 3 : 0));

  context.strokeStyle = css(soft);
  context.lineWidth = 1;
  dashed(context, CURVES.baseline, () => line(context, panel.baseline, across, up));
  dashed(context, CURVES.shuffled, () => line(context, panel.shuffled, across, up));
  nameShuffled(context, panel, up, width);
  context.lineWidth = CURVES.picture_width;
  line(context, panel.picture, across, up);
  const ring = CURVES.picture;
  const onPicture = between(panel.picture, at);
  if (onPicture !== null)
    dot(context, x, up(onPicture), ring.radius, css(paper), css(soft), ring.width);
  context.strokeStyle = css(ink);
  context.lineWidth = CURVES.width;
  line(context, panel.values, across, up);
  const dense = panel.values.length > CURVES.dots_up_to;
  for (const [step, value] of panel.values.entries())
    if (value !== null && !dense) dot(context, across(step), up(value), CURVES.dot, css(ink));
  const value = between(panel.values, at);
  const rim = 2 * CURVES.now_room;
  if (value !== null) dot(context, x, up(value), CURVES.now, css(ink), css(paper), rim);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Panel} panel
 * @param {Room} room
 */
function drawHead(context, view, panel, { width, top, at }) {
  const { ink, soft, font } = view.theme();
  const step = Math.round(at);
  const y = top - 9;
  const write = (
    /** @type {string} */ text,
    /** @type {number} */ x,
    /** @type {string} */ style,
    strong = false,
  ) => {
    context.font = `${strong ? "600 " : ""}${style} ${font}`;
    context.fillStyle = css(strong ? ink : soft);
    context.fillText(text, x, y);
    return x + context.measureText(text).width;
  };
  Object.assign(context, { textBaseline: "alphabetic", textAlign: "left" });
  const shown = panel.picture[step];
  const inPicture = typeof shown === "number" ? `2-D ${scoreText(shown)}` : "";
  const score = panel.values[step];
  const value = typeof score === "number" ? scoreText(score) : "–";
  const own = textWidth(value, `600 12px ${font}`) + 8;
  const pictureWidth = inPicture ? textWidth(inPicture, `11px ${font}`) + 9 : 0;
  const heads = besides(panel, step).flatMap((beside) => {
    const besideWidth = beside ? textWidth(beside, `11px ${font}`) : 0;
    const room = Math.max(30, width - own - pictureWidth - besideWidth - (beside ? KEY + 12 : 0));
    return panel.names.map((name) => ({ name, beside, besideWidth, room }));
  });
  const fits = heads.find(({ name, room }) => textWidth(name, `12px ${font}`) <= room);
  const { beside, besideWidth, room, ...last } = fits ?? heads[heads.length - 1];
  const name = shorten(last.name, room, `12px ${font}`);
  let x = write(name, 0, "12px");
  x = write(value, x + 6, "12px", true);
  if (inPicture) write(inPicture, x + 9, "11px");
  if (!beside) return;
  write(beside, width - besideWidth, "11px");
  context.strokeStyle = css(soft);
  context.lineWidth = 1;
  dashed(context, CURVES.baseline, () => {
    context.beginPath();
    context.moveTo(width - besideWidth - KEY - 4, y - 3.5);
    context.lineTo(width - besideWidth - 4, y - 3.5);
    context.stroke();
  });
}

/**
 * @param {Panel} panel
 * @param {number} step
 * @returns {string[]} What the dashes are, ever shorter: a cut name of the score would say less.
 */
function besides({ baseline, baselineName: name }, step) {
  const base = baseline[step];
  if (typeof base !== "number") return [""];
  return [name, name.replace("means ", ""), ""].map((one) => `${one} ${baseText(base)}`.trim());
}

/** @param {number} value */
function baseText(value) {
  return value === 0 ? "0" : scoreText(value);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Panel} panel
 * @param {(value: number) => number} up
 * @param {number} width
 */
function nameShuffled(context, panel, up, width) {
  const last = panel.shuffled.length - 1;
  const own = panel.shuffled[last];
  if (typeof own !== "number") return;
  const others = [panel.values, panel.picture, panel.baseline]
    .map((values) => values[last])
    .filter((value) => typeof value === "number")
    .map(up);
  const y = [up(own) + 8, up(own) - 7].find(
    (at) => at < up(panel.range[0]) && others.every((other) => Math.abs(other - at) > 8),
  );
  if (y === undefined) return;
  context.font = context.font.replace("11px", "10px");
  context.fillText("shuffled", width - RIGHT, y);
}

/** @param {CanvasRenderingContext2D} context @param {number[]} pattern @param {() => void} draw */
function dashed(context, pattern, draw) {
  context.setLineDash(pattern);
  draw();
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Values} values Broken where one is undefined.
 * @param {(step: number) => number} across
 * @param {(value: number) => number} up
 */
function line(context, values, across, up) {
  context.lineJoin = "round";
  context.beginPath();
  let broken = true;
  for (const [step, value] of values.entries()) {
    if (typeof value !== "number") broken = true;
    else if (broken) {
      context.moveTo(across(step), up(value));
      broken = false;
    } else context.lineTo(across(step), up(value));
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Panel} panel
 * @param {(step: number) => number} across
 * @param {(value: number) => number} up
 * @param {string} colour
 */
function band(context, { low, high }, across, up, colour) {
  const steps = [...low.keys()].filter((step) => low[step] !== null && high[step] !== null);
  context.beginPath();
  for (const step of steps) context.lineTo(across(step), up(/** @type {number} */ (high[step])));
  for (const step of steps.reverse())
    context.lineTo(across(step), up(/** @type {number} */ (low[step])));
  context.fillStyle = colour;
  context.fill();
}

/** @param {Values} values @param {number} at @returns {number | null} */
function between(values, at) {
  const [low, high] = [values[Math.floor(at)], values[Math.ceil(at)]];
  if (typeof low !== "number" || typeof high !== "number") return null;
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} fill
 * @param {string} [around]
 * @param {number} [width]
 */
function dot(context, x, y, radius, fill, around, width = 0) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  if (around) {
    context.strokeStyle = around;
    context.lineWidth = width;
    context.stroke();
  }
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Omit<Room, "bottom">} room
 */
export function drawAxis(context, view, { width, top, at, across }) {
  const { ink, soft, hair, font } = view.theme();
  const layers = view.data.hidden_layers;
  const step = Math.round(at);
  context.strokeStyle = css(hair);
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(LEFT, top);
  context.lineTo(width - RIGHT, top);
  context.stroke();
  Object.assign(context, { textBaseline: "middle", textAlign: "center" });
  const pitch = (width - LEFT - RIGHT) / Math.max(1, layers.length - 1);
  const every = Math.ceil(NUMBER_PITCH / pitch);
  for (const [k, layer] of layers.entries()) {
    const near = Math.abs(k - step) * pitch < NUMBER_PITCH;
    if (k !== step && (k % every || (near && every > 1))) continue;
    context.font = `${k === step ? "600 " : ""}11px ${font}`;
    context.fillStyle = css(k === step ? ink : soft);
    context.fillText(String(layer), across(k), top + 15);
  }
  dot(context, across(at), top, 6, css(ink));
}
