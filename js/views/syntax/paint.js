/**
 * Paints arcs. Verdicts differ by line and mark, not by colour alone.
 *
 * @typedef {import("./types.js").Arc} Arc
 * @typedef {import("./types.js").Piece} Piece
 * @typedef {import("../../shared/theme.js").Theme} Theme
 * @typedef {CanvasRenderingContext2D} Context
 */

import { css } from "../../shared/theme.js";
import { ARROW, HALF, LABEL_SIZE, PAD } from "./design.js";
import { onTop, pointsOf } from "./layout.js";

/** From the lowest to the topmost. */
const ORDER = ["root", "missed", "extra", "agreed"];

/**
 * @param {Context} pen
 * @param {Arc[]} arcs
 * @param {Theme} theme
 * @param {boolean} [strong]
 */
export function paintArcs(pen, arcs, theme, strong = false) {
  const sorted = [...arcs].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  for (const arc of sorted)
    for (const piece of arc.pieces) paintPiece(pen, arc, piece, theme, strong);
  for (const { verdict, pieces, alpha } of sorted)
    if (verdict === "extra")
      paintCross(pen, onTop(/** @type {Piece} */ (pieces.at(-1))), theme, alpha);
}

/**
 * @param {Context} pen
 * @param {Arc} arc
 * @param {Piece} piece
 * @param {Theme} theme
 * @param {boolean} strong
 */
function paintPiece(pen, { verdict, alpha }, piece, theme, strong) {
  const points = pointsOf(piece);
  const line = (/** @type {string} */ colour, /** @type {number} */ width) => {
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.stroke();
  };
  const [ink, soft] = [css(theme.ink, alpha), css(theme.soft, alpha)];
  const colour = { agreed: ink, missed: soft, root: soft, extra: css(theme.positive, alpha) }[
    verdict
  ];
  pen.setLineDash(verdict === "extra" ? [6, 4] : []);
  if (verdict === "missed") {
    line(soft, strong ? 5 : 3.8);
    line(css(theme.paper, alpha), strong ? 2.6 : 1.8);
  } else line(colour, strong ? 2.4 : 1.4);
  pen.setLineDash([]);
  if (piece.ends) paintArrow(pen, piece, colour);
}

/** @param {Context} pen @param {Piece} piece @param {string} colour */
function paintArrow(pen, { x1, y, rise }, colour) {
  const back = y + Math.sign(rise) * (ARROW + 1);
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(x1, y);
  pen.lineTo(x1 - 3.6, back);
  pen.lineTo(x1 + 3.6, back);
  pen.fill();
}

/** @param {Context} pen @param {[number, number]} at @param {Theme} theme @param {number} alpha */
function paintCross(pen, [x, y], theme, alpha) {
  const arm = 3.4;
  pen.beginPath();
  pen.arc(x, y, 5.5, 0, 2 * Math.PI);
  pen.fillStyle = css(theme.paper, alpha);
  pen.fill();
  pen.lineWidth = 1.7;
  pen.strokeStyle = css(theme.positive, alpha);
  pen.beginPath();
  for (const way of [1, -1]) {
    pen.moveTo(x - arm, y - way * arm);
    pen.lineTo(x + arm, y + way * arm);
  }
  pen.stroke();
}

/**
 * @param {Context} pen
 * @param {import("./types.js").Label[]} labels
 * @param {(word: number) => boolean} isSure Gold and the other tree agree.
 * @param {Theme} theme
 */
export function paintLabels(pen, labels, isSure, theme) {
  pen.font = `${LABEL_SIZE}px ${theme.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const { word, text, x, y, width } of labels) {
    pen.fillStyle = css(theme.paper);
    pen.fillRect(x - width / 2 - PAD, y - HALF, width + 2 * PAD, 2 * HALF);
    pen.fillStyle = css(isSure(word) ? theme.ink : theme.soft);
    pen.fillText(text, x, y + 0.5);
  }
}
