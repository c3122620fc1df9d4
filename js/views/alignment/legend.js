/** The kinds of lines with their counts and, while links are drawn, the commands. */

import { size } from "../../shared/canvas.js";
import { button, describe, element } from "../../shared/dom.js";
import { counted } from "../../shared/text.js";
import { SAYS, VERDICTS } from "./design.js";
import { paintMark } from "./mark.js";
import { paintCurves } from "./paint.js";

/** @typedef {import("./types.js").Verdict} Verdict */

const [WIDTH, HEIGHT] = [34, 14];

const GOLD = /** @type {[Verdict, string][]} */ (Object.entries(VERDICTS));

/** @type {[Verdict, string][]} */
const DRAWN = [
  ["agreed", SAYS.drawn_sure],
  ["allowed", SAYS.drawn_possible],
  ["hint", SAYS.hint],
];

/** @type {[Verdict, string][]} */
const PLAIN = [["plain", SAYS.plain]];

/**
 * @param {import("./view.js").View} view
 * @param {ReturnType<typeof import("./drawing.js").createDrawing>} drawing
 */
export function createLegend(view, drawing) {
  const box = element("div", "bvp-key");

  /** @param {Verdict} verdict */
  function sample(verdict) {
    const made = element("canvas");
    describe(made, { "aria-hidden": true });
    const link = { source: 0, target: 0, confidence: 0.9, verdict, alpha: 1 };
    const curve = { ...link, x0: 4, x1: WIDTH - 4, y0: HEIGHT / 2, y1: HEIGHT / 2 };
    if (view.cosines())
      paintMark(size(made, HEIGHT, HEIGHT), HEIGHT / 2, HEIGHT / 2, 4, verdict, view.theme());
    else paintCurves(size(made, WIDTH, HEIGHT), [curve], view.theme(), { upright: true });
    return made;
  }

  /** @returns {[Verdict, string][]} */
  function entries() {
    if (view.drawing()) return view.store.names.length ? DRAWN : DRAWN.slice(0, 2);
    if (!view.withGold()) return PLAIN;
    const gold = view.gold();
    return gold && gold.possible.size > gold.sure.size ? GOLD : GOLD.slice(0, 3);
  }

  function commands() {
    const row = element("span", "bvp-commands");
    const taken = view.found().links.length;
    const command = (
      /** @type {string} */ text,
      /** @type {() => void} */ act,
      /** @type {boolean} */ able,
    ) => {
      const made = button("bvp-action", text, act);
      made.disabled = !able;
      row.append(made);
    };
    if (view.store.names.length)
      command(`take ${view.method()}’s ${taken}`, drawing.take, taken > 0);
    command("undo", drawing.undo, drawing.canUndo());
    command("clear", drawing.clear, drawing.links().length > 0);
    if (view.about().gold) command("back to gold", drawing.reset, view.drawn() !== null);
    return row;
  }

  return {
    element: box,
    /**
     * @param {import("./types.js").Curve[]} curves
     * @param {number} lost How many words have no partner.
     * @param {string} shades What they mean in the matrix.
     */
    update(curves, lost, shades) {
      box.replaceChildren(
        ...entries().map(([verdict, text]) => {
          const count = curves.filter((curve) => curve.verdict === verdict).length;
          const entry = element("span", count ? "" : "bvp-none");
          const links = counted(count, "link") + (view.cosines() || view.isImported() ? "" : text);
          const words = verdict === "plain" ? links : `${text} ${count}`;
          entry.append(sample(verdict), words);
          return entry;
        }),
      );
      if (shades) box.append(element("span", "", shades));
      else if (!view.drawing()) {
        const all = view.words("source").length + view.words("target").length;
        const entry = element("span", lost ? "" : "bvp-none");
        entry.append(element("span", "bvp-pale", "word"), `no partner ${lost} of ${all}`);
        box.append(entry);
      }
      if (view.drawing()) box.append(commands());
    },
  };
}
