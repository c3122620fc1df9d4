/** @typedef {import("./types.js").Piece} Piece */

import { element } from "../../shared/dom.js";

/**
 * @param {Element} target
 * @param {Piece[]} pieces
 */
export function setPieces(target, pieces) {
  target.replaceChildren(...pieces.map(asNode));
}

/** @param {Piece} piece */
function asNode(piece) {
  if (typeof piece === "string") return piece;
  return "bold" in piece ? element("b", "", piece.bold) : element("bdi", "", piece.isolate);
}

/**
 * @param {Piece[]} pieces
 * @returns {string}
 */
export function plainText(pieces) {
  return pieces
    .map((piece) => (typeof piece === "string" ? piece : Object.values(piece)[0]))
    .join("");
}
