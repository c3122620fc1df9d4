import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { graphemes, percent, shorten, weightText } from "../shared/text.js";
import { css, makeTheme } from "../shared/theme.js";
import { placesOf, toggled } from "../views/attention/selection.js";
import { withOrWithout } from "../views/attention/toolbar.js";

/** @param {string} text */
const tenEach = (text) => 10 * graphemes(text).length;

test("a long token keeps its ends, fits, and no letter is cut in two", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.nat(400), (text, room) => {
      const shown = shorten(text, room + 20, "", tenEach);
      if (tenEach(text) <= room + 20) assert.equal(shown, text);
      else assert.ok(tenEach(shown) <= Math.max(20, room + 20) && shown.includes("…"));
    }),
  );
  assert.equal(shorten("internationalisation", 90, "", tenEach), "inte…tion");
  assert.deepEqual(graphemes("a👨‍👩‍👧b"), ["a", "👨‍👩‍👧", "b"]);
});

test("weights carry no more digits than eight bits do", () => {
  assert.deepEqual([0, 0.0004, 0.0081, 0.336, 1, Number.NaN].map(weightText), [
    "0",
    "0",
    "0.008",
    "0.34",
    "1.00",
    "missing",
  ]);
});

test("shares are read at a glance, and a little is not nothing", () => {
  assert.deepEqual([0, 0.0002, 0.034, 0.0996, 0.312, 1].map(percent), [
    "0%",
    "<0.1%",
    "3.4%",
    "10%",
    "31%",
    "100%",
  ]);
});

test("the weight ramp starts at the paper and gets steadily further from it", () => {
  for (const dark of [false, true]) {
    const paper = /** @type {[number, number, number]} */ (dark ? [17, 17, 17] : [255, 255, 255]);
    const { rampRgb, heads, ramp } = makeTheme(dark, paper, "");
    assert.deepEqual(rampRgb[0], paper);
    assert.equal(ramp.length, 256);
    assert.equal(heads.length, 16);
    const light = rampRgb.slice(0, 255).map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b);
    for (let code = 1; code < 255; code++)
      assert.ok(dark ? light[code] >= light[code - 1] : light[code] <= light[code - 1]);
  }
  assert.equal(css([1, 2, 3], 0.5), "rgba(1,2,3,0.5)");
});

test("the last head cannot be taken away", () => {
  assert.deepEqual(withOrWithout([3], 3), [3]);
  assert.deepEqual(withOrWithout([3], 1), [1, 3]);
  assert.deepEqual(withOrWithout([1, 3], 3), [1]);
});

test("a click pins one token, Shift adds one, and the same again lets it go", () => {
  assert.deepEqual(toggled([1], 4, false), [4]);
  assert.deepEqual(toggled([1], 4, true), [1, 4]);
  assert.deepEqual(toggled([1, 4], 4, true), [1]);
  assert.deepEqual(toggled([4], 4, false), []);
  const axis = /** @type {any} */ ({ unit: [1, 2, 5] });
  assert.deepEqual(placesOf(axis, [5, 0, 1]), [2, 0]);
});
