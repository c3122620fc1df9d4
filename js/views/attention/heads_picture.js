/**
 * The heads mode as one canvas: what is drawn, and the tokens that are text on the page.
 *
 * @typedef {import("./heads_links.js").Scene} Scene
 * @typedef {import("./heads_weights.js").Focus} Focus
 */

import { pixelRatio, size } from "../../shared/canvas.js";
import { element } from "../../shared/dom.js";
import { shorten } from "../../shared/text.js";
import { css } from "../../shared/theme.js";
import { tokenFont } from "./heads_columns.js";
import { SQUARES_FROM, seenAt, TOKEN_PAD } from "./heads_layout.js";
import { focusSpan } from "./heads_links.js";

const HEADER = 22;

/**
 * @param {Scene} scene
 * @param {object} parts
 * @param {HTMLCanvasElement} parts.rest
 * @param {HTMLCanvasElement} parts.focusCanvas
 * @param {HTMLCanvasElement} parts.strips
 * @param {{ from: string, to: string }} parts.names
 * @param {Focus | null} parts.focus
 * @returns {HTMLCanvasElement}
 */
export function composePicture(scene, { rest, focusCanvas, strips, names, focus }) {
  const { layout, theme } = scene;
  const picture = element("canvas");
  const ratio = pixelRatio();
  const brush = size(picture, strips.width / ratio, layout.height + HEADER);
  brush.fillStyle = css(theme.paper);
  brush.fillRect(0, 0, picture.width, picture.height);
  for (const canvas of [rest, focusCanvas, strips]) {
    brush.globalAlpha = canvas === rest && focus ? 0.1 : 1;
    brush.drawImage(canvas, 0, HEADER, canvas.width / ratio, canvas.height / ratio);
  }
  brush.globalAlpha = 1;
  drawHeader(brush, scene, names, focusSpan(layout, focus?.side ?? "from").strip);
  drawTokens(brush, scene, "from", focus);
  drawTokens(brush, scene, "to", focus);
  return picture;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Scene} scene
 * @param {{ from: string, to: string }} names
 * @param {number} left
 */
function drawHeader(brush, { layout, theme, heads }, names, left) {
  brush.font = `11px ${theme.font}`;
  brush.textBaseline = "middle";
  brush.fillStyle = css(theme.soft);
  brush.textAlign = "right";
  brush.fillText(names.from, layout.linkLeft - TOKEN_PAD, 8);
  brush.textAlign = "left";
  brush.fillText(names.to, layout.linkRight + TOKEN_PAD, 8);
  brush.textAlign = "center";
  for (const head of heads) {
    const x = left + head * layout.cell;
    brush.fillStyle = css(theme.soft);
    if (layout.cell >= SQUARES_FROM) brush.fillText(String(head), x + layout.cell / 2, 8);
    brush.fillStyle = theme.headCss[head % 16];
    brush.fillRect(x + 1, 16, layout.cell - 2, 3);
  }
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Scene} scene
 * @param {"from" | "to"} side
 * @param {Focus | null} focus
 */
function drawTokens(brush, { layout, theme, scrolled }, side, focus) {
  const column = layout[side];
  const at = seenAt(layout, column, scrolled);
  const left = side === "from";
  brush.textAlign = left ? "right" : "left";
  column.axis.labels.forEach((label, i) => {
    const y = at(i);
    if (Number.isNaN(y)) return;
    const font = tokenFont(column.axis, i, theme.font);
    const chosen = focus?.side === side && focus.places.includes(i);
    brush.font = chosen ? `600 ${font}` : font;
    brush.fillStyle = css(column.axis.special[i] ? theme.soft : theme.ink);
    const x = left ? layout.linkLeft - TOKEN_PAD : layout.linkRight + TOKEN_PAD;
    brush.fillText(shorten(label, column.text, font), x, y + HEADER);
  });
}
