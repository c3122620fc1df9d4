import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  explainedBy,
  mostReach,
  products,
  reach,
  scores,
  vector,
} from "../views/attention/neuron_arithmetic.js";
import { neuronLayout } from "../views/attention/neuron_layout.js";

const query = Float32Array.of(1, -2);
const keys = Float32Array.of(3, 1, 0.5, 0.5, -1, -1);

test("a score is the scaled sum of the products, dimension by dimension", () => {
  const product = products(query, keys);
  assert.deepEqual([...product], [3, -2, 0.5, -1, -1, 2]);
  assert.deepEqual([...scores(product, 2, 0.5)], [0.5, -0.25, 0.5]);
  assert.deepEqual([...vector(keys, 2, 1)], [0.5, 0.5]);
});

/** @param {number[]} values @returns {Uint8Array} */
function softmaxCodes(values) {
  const powers = values.map((value) => Math.exp(value));
  const sum = powers.reduce((all, power) => all + power, 0);
  return Uint8Array.from(powers, (power) => Math.round((254 * power) / sum));
}

test("weights that are the scores' softmax are known as such, a position bias is noticed", () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 9 }),
      (values) => {
        assert.ok(explainedBy(Float32Array.from(values), softmaxCodes(values)));
      },
    ),
  );
  const biased = softmaxCodes([1, 2, 5]);
  assert.ok(!explainedBy(Float32Array.of(1, 2, 3), biased));
});

test("a mask alone is no difference", () => {
  const codes = softmaxCodes([1, 2]);
  assert.ok(explainedBy(Float32Array.of(1, 2, 9), Uint8Array.of(...codes, 0)));
});

test("one outlier does not flatten all other bars", () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i === 7 ? -50 : Math.sin(i)));
  assert.equal(reach(values), 50);
  assert.ok(mostReach(values) <= 1);
});

test("columns stand beside each other and fit, from 380 px on", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 380, max: 1400 }),
      fc.constantFrom(16, 64, 128),
      fc.integer({ min: 10, max: 400 }),
      (width, dimensions, names) => {
        const place = neuronLayout(width, 484, dimensions, names, 22);
        const order = [place.link, place.key, place.keyStrip, place.productStrip, place.score];
        order.push(place.weight, place.width);
        for (let i = 1; i < order.length; i++) assert.ok(order[i] > order[i - 1]);
        assert.ok(place.width <= width);
      },
    ),
  );
});
