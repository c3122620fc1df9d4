/** @typedef {import("./types.js").Piece} Piece */

import { element } from "../../shared/dom.js";

/**
 * @param {Element} target
 * @param {Piece[]} pieces
 */
export function setPieces(target, pieces) {
  target.replaceChildren(
    ...pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      return "bold" in piece ? element("b", "", piece.bold) : element("bdi", "", piece.isolate);
    }),
  );
}
