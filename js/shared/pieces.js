/**
 * @typedef {string | { bold: string } | { isolate: string }} Piece Text; `isolate` sets text apart that
 *   may run from the right.
 * @typedef {Piece | Piece[]} CaptionPart
 */

import { element } from "./dom.js";

/** @param {Element} target @param {Piece[]} pieces */
export function setPieces(target, pieces) {
  target.replaceChildren(
    ...pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      return "bold" in piece ? element("b", "", piece.bold) : element("bdi", "", piece.isolate);
    }),
  );
}
