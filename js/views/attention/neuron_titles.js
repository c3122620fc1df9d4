/** Names over the columns of the neuron view. */
import { element, place } from "../../shared/dom.js";
import { weightText } from "../../shared/text.js";
import { HEAD } from "./design.js";

/** Above the hairline that ends the header. */
const LOW = HEAD - 18;
const LINE = 14;

/**
 * @param {import("./types.js").NeuronData} data
 * @param {import("./neuron_layout.js").NeuronLayout} layout
 * @returns {HTMLElement[]}
 */
export function neuronTitles({ size, scaling, columns }, layout) {
  const { query, key, keyStrip, productStrip, score, scoreBar, weight } = layout;
  const even = weightText(1 / columns.size);
  /** @type {[string, number, number?][]} */
  const titles = [
    [scoreBar ? "who looks" : "looks", 0],
    [scoreBar ? "looked at" : "at", key + 9],
  ];
  if (scoreBar)
    titles.push(
      [`query: what the token in bold looks for, ${size} numbers`, keyStrip, 0],
      ["key: what each token offers", keyStrip],
      ["query × key", productStrip, LOW - LINE],
      ["number by number", productStrip],
      ["score", score, LOW - LINE],
      [`their sum × ${Number(scaling.toPrecision(3))}`, score],
      ["weight: softmax", weight, LOW - LINE],
      [`(even: ${even})`, weight],
    );
  else
    titles.push(
      ["query", keyStrip, 0],
      ["key", keyStrip],
      ["product", productStrip],
      ["score", score],
      ["weight", weight],
    );
  const made = titles.map(([text, left, top = LOW]) => {
    const node = element("span", "", text);
    place(node, { left, top });
    return node;
  });
  place(made[0], { width: query - 9, "text-align": "right" });
  return made;
}
