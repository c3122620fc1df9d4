/** One pair of tokens in every head: which heads link them? */

import { EXACT, ONE } from "../../shared/design.js";
import { button, element } from "../../shared/dom.js";
import { setPieces } from "../../shared/pieces.js";
import { weightText } from "../../shared/text.js";
import { barList } from "./bars.js";
import { MAP_BAR, PAIR_WORDS, STRONGEST_HEADS } from "./design.js";
import { strongestCells } from "./head_map.js";
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
  const { labels, weights, even } = pair;
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
    if (way) title.title = "Show the weight back in the map";
    else setPieces(title, [{ bold: ways[0] }, `, ${PAIR_WORDS.strongest}`]);
    const { list, fill } = barList(MAP_BAR);
    const best = strongestCells(values, cells(), STRONGEST_HEADS);
    const named = best.map((cell) => ({
      name: `${cell.layer}-${cell.head}`,
      value: values[cell.place],
      text: weightText(values[cell.place]),
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
    text: (weight) => weightText(weight).replace(/^0\./, "."),
    colour: (weight) => theme().rampRgb[Math.min(ONE, Math.round(weight * ONE))],
    words(place) {
      const reverse = twoWays ? `, back ${weightText(back[place])}` : "";
      const beside = `even spread ${weightText(even[0])}`;
      return `${ways[0]} ${weightText(there[place])} ± ${EXACT} (${beside})${reverse}`;
    },
    caption: [ways[0], PAIR_WORDS.caption, `even spread ${weightText(even[0])}`],
    rest: "Point at a head to read its weight; click to open it; Escape lets the pair go",
    panel() {
      const panel = element("div", "bvp-pair");
      panel.append(...bars(0), ...(twoWays ? bars(1) : []));
      panel.append(weightScale(theme(), { even: even[0], name: state.get("quantity") }));
      return panel;
    },
  };
}
