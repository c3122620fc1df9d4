/** One pair of tokens in every head: which heads link them? */

import { EXACT } from "../../shared/design.js";
import { button, element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { weightText } from "../../shared/text.js";
import { barList } from "./bars.js";
import { MAP_BAR, PAIR_WORDS, SIGNED_WORDS, STRONGEST_HEADS } from "./design.js";
import { strongestCells } from "./head_map.js";
import { codeOf, coloursOf, inCell, signColour } from "./scale.js";
import { pairOf } from "./selection.js";
import { weightScale } from "./weight_scale.js";

/**
 * @param {import("./types.js").Frame} frame
 * @param {() => import("./overview.js").Cell[]} cells
 * @param {(cell: import("./overview.js").Cell) => void} open
 * @returns {import("./head_map.js").HeadNumbers | null} Null while no pair is pinned.
 */
export function pairNumbers({ state, store, theme }, cells, open) {
  const pair = store.pair();
  if (!pair) return null;
  const { labels, weights, even, scale } = pair;
  const quantity = store.quantity();
  const half = weights.length / 2;
  const ways = [labels, [...labels].reverse()].map(([from, to]) => `${from} → ${to}`);
  const [there, back] = [weights.subarray(0, half), weights.subarray(half)];
  const twoWays = !Number.isNaN(back[0]) || Number.isNaN(there[0]);

  /** @param {0 | 1} way */
  function bars(way) {
    const values = way ? back : there;
    const title = way
      ? button("bvp-turn", `⇄ ${ways[1]}`, () => state.set({ pair: [...pairOf(state)].reverse() }))
      : element("div", "bvp-title");
    if (way) title.title = `Show the ${quantity} back in the map`;
    else setPieces(title, [{ bold: ways[0] }, `, ${PAIR_WORDS.strongest}`]);
    const { list, fill } = barList(MAP_BAR);
    const best = strongestCells(values, cells(), STRONGEST_HEADS, scale.signed);
    const named = best.map((cell) => ({
      name: `${cell.layer}-${cell.head}`,
      value: Math.abs(values[cell.place]) / scale.most,
      text: scale.text(values[cell.place]),
      colour: scale.signed ? signColour(theme(), values[cell.place]) : undefined,
    }));
    fill(named, theme());
    list.onclick = ({ target }) => {
      const at = [...list.children].findIndex((line) =>
        line.contains(/** @type {Node} */ (target)),
      );
      if (best[at]) open(best[at]);
    };
    return [title, list];
  }

  return {
    name: ways[0],
    values: there,
    text: (weight) => inCell(scale.text(weight)),
    colour: (weight) => coloursOf(theme(), scale).rgb[codeOf(scale, weight)],
    words(place) {
      const reverse = twoWays ? `, back ${scale.text(back[place])}` : "";
      if (scale.signed) return `${ways[0]}: ${quantity} ${scale.text(there[place])}${reverse}`;
      const beside = `even spread ${weightText(even[0])}`;
      return `${ways[0]}: ${quantity} ${weightText(there[place])} ± ${EXACT} (${beside})${reverse}`;
    },
    caption: [
      ways[0],
      PAIR_WORDS.caption,
      scale.signed ? SIGNED_WORDS.colours : `even spread ${weightText(even[0])}`,
    ],
    rest: `Point at a head to read its ${quantity}; click to open it; Escape lets the pair go`,
    panel() {
      const panel = element("div", "bvp-pair");
      panel.append(...bars(0), ...(twoWays ? bars(1) : []));
      panel.append(
        weightScale(theme(), { even: scale.signed ? 0 : even[0], name: quantity, scale }),
      );
      return panel;
    },
  };
}
