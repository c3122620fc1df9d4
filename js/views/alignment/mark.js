/** Paints a link in the matrix of cosines, with a rim of paper: its cell may have any shade. */

import { css } from "../../shared/theme.js";
import { MARK } from "./design.js";

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {import("./types.js").Verdict} verdict
 * @param {import("../../shared/theme.js").Theme} theme
 */
export function paintMark(pen, x, y, radius, verdict, theme) {
  const [ink, paper] = [css(theme.ink), css(theme.paper)];
  const dot = (/** @type {number} */ r, /** @type {string} */ fill) => {
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.fillStyle = fill;
    pen.fill();
  };
  const line = (/** @type {string} */ colour, /** @type {number} */ width) => {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    if (verdict === "missed") pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else
      for (const way of [1, -1]) {
        pen.moveTo(x - radius, y - way * radius);
        pen.lineTo(x + radius, y + way * radius);
      }
    pen.stroke();
  };
  if (verdict === "extra" || verdict === "missed") {
    line(paper, MARK.outline);
    line(verdict === "extra" ? css(theme.positive) : ink, MARK.width);
  } else if (verdict === "unlinked" || verdict === "hint") {
    dot(MARK.dot_rim * radius + 1, paper);
    dot(MARK.dot * radius, css(theme.soft));
  } else {
    dot(radius + MARK.rim, paper);
    dot(radius, ink);
    if (verdict === "allowed") dot(radius - MARK.hollow, paper);
  }
}
