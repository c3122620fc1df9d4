/** Names over the columns of the neuron view. */
import { element, place } from "../../shared/dom.js";
import { weightText } from "../../shared/text.js";
import { HEAD } from "./neuron_layout.js";

/** Above the hairline that ends the header. */
const LOW = HEAD - 18;

/**
 * @param {import("./types.js").NeuronSheet} sheet
 * @param {import("./neuron_layout.js").NeuronLayout} layout
 * @returns {HTMLElement[]}
 */
export function neuronTitles({ size, scaling, columns }, layout) {
  const { query, key, keyStrip, productStrip, strip, score, scoreBar, weight } = layout;
  const even = weightText(1 / columns.size);
  const wide = scoreBar > 0;
  /** @type {[string, number, number?][]} */
  const titles = [
    ["query", 0],
    ["key", key + 9],
    [wide ? `query (${size} dimensions)` : "query", keyStrip, 0],
    [wide ? "query × key" : "product", productStrip],
    [wide ? `score = Σ × ${Number(scaling.toPrecision(3))}` : "score", score],
    [wide ? `weight (even: ${even})` : "weight", weight],
  ];
  if (strip > 150) titles.push([`dimensions 0 to ${size - 1}`, productStrip, LOW - 15]);
  const made = titles.map(([text, left, top = LOW]) => {
    const node = element("span", "", text);
    place(node, { left, top });
    return node;
  });
  place(made[0], { width: query - 9, "text-align": "right" });
  return made;
}
