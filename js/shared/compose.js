/** A figure's canvases, bars and texts as one picture, as they stand on the screen. */
import { asSvg, size } from "./canvas.js";
import { element } from "./dom.js";
import { svgFile } from "./svg_pen.js";
import { css } from "./theme.js";

/**
 * @param {HTMLElement} figure
 * @param {import("./theme.js").Theme} theme
 * @returns {HTMLCanvasElement} In device pixels.
 */
export function composePicture(figure, theme) {
  const frame = figure.getBoundingClientRect();
  const page = element("canvas");
  drawFigure(size(page, frame.width, frame.height), figure, theme);
  return page;
}

/**
 * @param {HTMLElement} figure
 * @param {import("./theme.js").Theme} theme
 * @param {string} title
 * @param {() => void} draw Sizes and draws its canvases anew.
 * @returns {string} The same as an SVG: links and marks are paths, and text is text.
 */
export function composeSvg(figure, theme, title, draw) {
  const { width, height } = figure.getBoundingClientRect();
  const page = asSvg(draw, (pen) => drawFigure(/** @type {any} */ (pen), figure, theme));
  return svgFile(page, width, height, title);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLElement} figure
 * @param {import("./theme.js").Theme} theme
 */
function drawFigure(context, figure, theme) {
  const frame = figure.getBoundingClientRect();
  context.fillStyle = css(theme.paper);
  context.fillRect(0, 0, frame.width, frame.height);
  context.translate(-frame.left, -frame.top);
  context.textBaseline = "middle";
  for (const node of figure.querySelectorAll("*")) {
    if (!(node instanceof HTMLElement) || !node.checkVisibility({ visibilityProperty: true }))
      continue;
    context.save();
    clipTo(context, node.closest(".bvp-scroll, .bvp-name") ?? figure);
    drawNode(context, node);
    context.restore();
  }
}

/** @param {CanvasRenderingContext2D} context @param {Element} around */
function clipTo(context, around) {
  const { left, top, width, height } = around.getBoundingClientRect();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
}

/** @param {CanvasRenderingContext2D} context @param {HTMLElement} node */
function drawNode(context, node) {
  const style = getComputedStyle(node);
  const { left, top, width, height } = node.getBoundingClientRect();
  context.globalAlpha = seenThrough(node);
  if (node instanceof HTMLInputElement) return;
  if (node instanceof HTMLCanvasElement) {
    context.drawImage(node, left, top, width, height);
    return;
  }
  if (style.transform === "none" || !node.textContent) {
    context.fillStyle = style.backgroundColor;
    context.fillRect(left, top, width, height);
  }
  const border = Number.parseFloat(style.borderTopWidth);
  if (border) {
    Object.assign(context, { strokeStyle: style.borderTopColor, lineWidth: border });
    context.strokeRect(left + border / 2, top + border / 2, width - border, height - border);
  }
  for (const child of node.childNodes) {
    if (child instanceof Text) drawText(context, child, node, style);
  }
}

/**
 * @param {Element | null} node
 * @returns {number} Opacity, its ancestors' counted in.
 */
function seenThrough(node) {
  return node ? Number(getComputedStyle(node).opacity) * seenThrough(node.parentElement) : 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Text} text
 * @param {HTMLElement} node
 * @param {CSSStyleDeclaration} style
 */
function drawText(context, text, node, style) {
  const range = document.createRange();
  range.selectNodeContents(text);
  context.fillStyle = style.color;
  // The shorthand `font` is empty where numerals are tabular.
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  if (isTurned(style)) {
    const around = (node.offsetParent ?? node).getBoundingClientRect();
    const { a, b, c, d } = new DOMMatrix(style.transform);
    const bottom = node.offsetTop + node.offsetHeight;
    context.translate(around.left + node.offsetLeft, around.top + bottom);
    context.transform(a, b, c, d, 0, 0);
    context.fillText(text.data, 0, -node.offsetHeight / 2);
  } else {
    // Word by word, where lines may break.
    for (const { index, 0: word } of text.data.matchAll(/\S+\s*/g)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const { left, top, height } = range.getBoundingClientRect();
      context.fillText(word, left, top + height / 2);
    }
  }
}

/** @param {CSSStyleDeclaration} style */
function isTurned({ transform }) {
  return transform !== "none" && new DOMMatrix(transform).b !== 0;
}
