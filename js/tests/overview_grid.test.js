import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { leastSpecial, overviewGrid } from "../views/attention/overview_grid.js";
import { mainPattern, meanShares, patternWords } from "../views/attention/patterns.js";

test("12 × 12 heads have cells of 36 px, and a panel beside them", () => {
  const { cell, pitchX, turned, panel } = overviewGrid(928, 502, 12, 12);
  assert.deepEqual([cell, pitchX, turned], [36, 40, false]);
  assert.ok(panel >= 230);
});

test("24 layers × 16 heads run across, because cells are larger so", () => {
  const { cell, pitchX, turned } = overviewGrid(928, 502, 24, 16);
  assert.deepEqual([cell, pitchX, turned], [28, 30, true]);
});

test("6 × 12 heads have room for a label each", () => {
  const grid = overviewGrid(928, 502, 6, 12);
  assert.ok(grid.labelled && grid.cell >= 62);
});

test("whatever the model, the grid fits the width from 12 px a cell on", () => {
  const some = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(some, some, fc.integer({ min: 440, max: 1400 }), (layers, heads, width) => {
      const grid = overviewGrid(width, 502, layers, heads);
      assert.equal(grid.across * grid.down, layers * heads);
      assert.ok(grid.cell > 0);
      assert.ok(grid.width <= width);
    }),
  );
});

test("special columns get more pixels in larger cells", () => {
  assert.deepEqual([65, 36, 28].map(leastSpecial), [3, 2.5, 2]);
});

const names = ["[CLS]", "[SEP]", "prev.", "self", "next", "punct."];
/** @param {number[]} shares @param {number} evenness @param {number[]} [even] @param {boolean} [hideSpecial] */
const patterns = (shares, evenness, even = names.map(() => 0), hideSpecial = false) => ({
  ...{ names, hideSpecial },
  shares: Float32Array.from(shares),
  even: Float32Array.from(even),
  evenness: Float32Array.of(evenness),
});

test("a head that gives a class its own share is not named for it", () => {
  const even = [0.01, 0.01, 0.01, 0.01, 0.01, 0.101];
  assert.equal(mainPattern(patterns([0.05, 0, 0, 0, 0, 0.101], 0.1, even), 0), "mixed");
  const half = [0.01, 0.01, 0.01, 0.01, 0.01, 0.5];
  assert.equal(mainPattern(patterns([0.05, 0, 0.22, 0, 0, 0.5], 0.1, half), 0), "prev. 22%");
  assert.equal(mainPattern(patterns([0.05, 0, 0.22, 0, 0, 0.8], 0.1, half), 0), "punct. 80%");
});

test("where special tokens are hidden, the others name a head", () => {
  const shares = [0.7, 0.1, 0.03, 0.13, 0, 0.02];
  const even = names.map(() => 0.02);
  assert.equal(mainPattern(patterns(shares, 0.1, even), 0), "[CLS] 70%");
  assert.equal(mainPattern(patterns(shares, 0.1, even, true), 0), "self 13%");
  assert.doesNotMatch(patternWords(patterns(shares, 0.1, even, true), 0), /CLS|SEP/);
});

test("a clear place is named before the special token that nearly all heads rest on", () => {
  assert.equal(mainPattern(patterns([0.5, 0, 0.28, 0, 0, 0], 0.1), 0), "prev. 28%");
  assert.equal(mainPattern(patterns([0.52, 0, 0.1, 0, 0, 0], 0.1), 0), "[CLS] 52%");
});

test("even attention is broad, and a few percent are no main pattern", () => {
  assert.equal(mainPattern(patterns([0.05, 0.05, 0.05, 0.05, 0.05, 0.1], 0.6), 0), "broad");
  assert.equal(mainPattern(patterns([0.02, 0.02, 0.05, 0.01, 0.05, 0.06], 0.1), 0), "mixed");
});

test("unknown patterns have no label", () => {
  assert.equal(mainPattern({ ...patterns([], 0), names: [] }, 0), "");
});

test("the mean over heads is the mean of their shares", () => {
  const two = { ...patterns([0.25, 0.75], 0, [0.5]), names: ["self"] };
  assert.deepEqual(meanShares(two, [0, 1]), [{ name: "self", share: 0.5, even: 0.5 }]);
});

test("what a head does is told in plain words beside an even spread, what exceeds it most first", () => {
  const shares = [0.25, 0, 0.17, 0.096, 0, 0.3];
  const even = [0.0625, 0, 0.0625, 0.0625, 0, 0.25];
  const words =
    "25% (even 6.3%) of its attention goes to [CLS], 17% (even 6.3%) to the token before, 30% (even 25%) to punctuation";
  assert.equal(patternWords(patterns(shares, 0.1, even), 0), words);
  const broad = patternWords(patterns([0.06, 0.06, 0.07, 0.05, 0.06, 0.1], 0.9), 0);
  assert.match(broad, /^broad, a little goes everywhere, 10% \(even 0%\) of its attention/);
});
