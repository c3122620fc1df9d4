/**
 * Layout of the neuron view's columns.
 *
 * @typedef {object} NeuronLayout Lengths in CSS pixels.
 * @property {number} width
 * @property {number} query Width of the list of queries.
 * @property {number} link Links run from here …
 * @property {number} key … to here, where the keys' names begin.
 * @property {number} keyName Width of a key's name.
 * @property {number} strip Width of a strip of dimensions.
 * @property {number} keyStrip Where the key's dimensions begin.
 * @property {number} productStrip Where the product's dimensions begin.
 * @property {number} score Where the score's bar begins.
 * @property {number} scoreBar Its width; 0 for a number only.
 * @property {number} weight Where the weight's bar begins.
 * @property {number} weightBar Its width.
 * @property {number} row Height of a row.
 * @property {number} height Of the rows that are in view.
 */

import { clamp } from "../../shared/dom.js";
import {
  DIMENSION,
  HEAD,
  NEURON_COLUMNS,
  NEURON_ROW,
  NUMBER,
  WIDE_NEURON,
  WIDEST_NEURON,
} from "./design.js";

/**
 * @param {number} width
 * @param {number} height
 * @param {number} dimensions
 * @param {number} names Width of the longest token.
 * @param {number} rows
 * @returns {NeuronLayout}
 */
export function neuronLayout(width, height, dimensions, names, rows) {
  const columns = NEURON_COLUMNS[width >= WIDE_NEURON ? "wide" : "slim"];
  const all = Math.min(width - 12, WIDEST_NEURON);
  const name = Math.min(Math.ceil(names) + 20, columns.name);
  const { gap, score_bar: scoreBar, weight_bar: weightBar } = columns;
  const link = width < columns.roomy_from ? columns.link : columns.roomy_link;
  const numbers = scoreBar + weightBar + 2 * NUMBER;
  const free = all - 2 * name - link - 3 * gap - numbers;
  const one = clamp(free / 2 / dimensions, DIMENSION.least, DIMENSION.most);
  const strip = (one >= 2 ? Math.floor(one) : one) * dimensions;
  const key = name + link;
  const keyStrip = key + name;
  const productStrip = keyStrip + strip + gap;
  const score = productStrip + strip + gap;
  const weight = score + scoreBar + NUMBER + gap;
  const room = height - HEAD;
  const row = clamp(Math.floor(room / rows), NEURON_ROW.least, NEURON_ROW.most);
  const places = { link: name, key, keyName: name, keyStrip, productStrip, score, weight };
  return {
    ...{ width: weight + weightBar + NUMBER, query: name, strip, scoreBar, weightBar },
    ...places,
    row,
    height: Math.min(rows, Math.floor(room / row)) * row,
  };
}
