import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  cutAxis,
  hiddenShare,
  makeFigureData,
  mergeCodes,
  minCode,
} from "../views/attention/figure_data.js";
import { codeOf, numberOf, scaleTo, WEIGHTS } from "../views/attention/scale.js";

const TEXT = {
  tokens: ["[CLS]", "un", "able", "cat", "[SEP]", "dog", "[SEP]"],
  word_ids: [-1, 0, 0, 1, -1, 2, -1],
  words: ["unable", "cat", "dog"],
  is_special: [true, false, false, false, true, false, true],
  segments: [0, 0, 0, 0, 0, 1, 1],
  rtl: false,
};
const TOKENS = TEXT.tokens.length;
const WHOLE = { words: false, hideSpecial: false, segment: null };

/** Rows whose codes add up to 254, as a head's weights add up to one. */
const head = fc
  .array(fc.array(fc.nat(1000), { minLength: TOKENS, maxLength: TOKENS }), {
    minLength: TOKENS,
    maxLength: TOKENS,
  })
  .map((rows) =>
    Uint8Array.from(
      rows.flatMap((row) => {
        const sum = row.reduce((all, one) => all + one + 1, 0);
        return row.map((one) => Math.round((254 * (one + 1)) / sum));
      }),
    ),
  );

test("subwords merge into words and special tokens stay units of their own", () => {
  const axis = cutAxis("text", TEXT, { ...WHOLE, words: true });
  assert.deepEqual(axis.labels, ["[CLS]", "unable", "cat", "[SEP]", "dog", "[SEP]"]);
  assert.deepEqual([...axis.starts], [0, 1, 3, 4, 5, 6]);
});

test("a filtered axis still counts all units, as selected_tokens does", () => {
  const axis = cutAxis("text", TEXT, { words: true, hideSpecial: true, segment: 0 });
  assert.deepEqual(axis.labels, ["unable", "cat"]);
  assert.deepEqual(axis.unit, [1, 2]);
});

test("whole tokens are shown without a copy", () => {
  const axis = cutAxis("text", TEXT, WHOLE);
  const codes = new Uint8Array(TOKENS ** 2);
  assert.equal(mergeCodes(codes, 1, axis, axis).codes, codes);
});

test("Clark's rule keeps the sum of each row, but for rounding", () => {
  fc.assert(
    fc.property(head, (codes) => {
      const axis = cutAxis("text", TEXT, { ...WHOLE, words: true });
      const merged = mergeCodes(codes, 1, axis, axis).codes;
      for (let row = 0; row < axis.size; row++) {
        const sum = merged.slice(row * axis.size, (row + 1) * axis.size).reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - 254) <= TOKENS);
      }
    }),
  );
});

test("a target word gets the sum of its pieces, a source word gives the mean of its", () => {
  const axis = cutAxis("text", TEXT, { ...WHOLE, words: true });
  const codes = new Uint8Array(TOKENS ** 2);
  codes.set([10, 20], TOKENS * 3 + 1);
  codes[TOKENS * 1 + 5] = 8;
  const merged = mergeCodes(codes, 1, axis, axis).codes;
  assert.equal(merged[2 * axis.size + 1], 30);
  assert.equal(merged[1 * axis.size + 4], 4);
});

test("a missing piece makes a word's weight missing and never zero", () => {
  const axis = cutAxis("text", TEXT, { ...WHOLE, words: true });
  const codes = new Uint8Array(TOKENS ** 2);
  codes[TOKENS * 3 + 2] = 255;
  assert.equal(mergeCodes(codes, 1, axis, axis).codes[2 * axis.size + 1], 255);
});

test("signed numbers keep their sign, and a word's sum beyond every token's widens the scale", () => {
  const axis = cutAxis("text", TEXT, { ...WHOLE, words: true });
  const scale = scaleTo(2);
  const codes = new Uint8Array(TOKENS ** 2);
  codes.set([codeOf(scale, -2), codeOf(scale, -1)], TOKENS * 3 + 1);
  codes[TOKENS * 1 + 5] = codeOf(scale, 0.5);
  const merged = mergeCodes(codes, 1, axis, axis, scale);
  const at = (/** @type {number} */ row, /** @type {number} */ column) =>
    numberOf(merged.scale, merged.codes[row * axis.size + column]);
  assert.ok(Math.abs(merged.scale.most - 3) < 0.02);
  assert.equal(at(2, 1), -merged.scale.most);
  assert.ok(Math.abs(at(1, 4) - 0.25) < 0.02);
  assert.equal(at(0, 0), 0);
});

test("the hidden share grows with the threshold from what rounds to zero to everything", () => {
  fc.assert(
    fc.property(head, fc.double({ min: 0, max: 1, noNaN: true }), (codes, threshold) => {
      const axis = cutAxis("text", TEXT, WHOLE);
      const about = {
        kind: /** @type {const} */ ("encoder"),
        layer: 0,
        heads: 1,
        where: "layer 0",
        mean: 0,
        scale: WEIGHTS,
      };
      const data = makeFigureData({ ...about, rounded: Float32Array.of(0.03) }, codes, axis, axis);
      const share = hiddenShare(data, [0], threshold);
      assert.ok(share >= 0.03 - 1e-6 && share <= 1 + 1e-9);
      assert.ok(share <= hiddenShare(data, [0], Math.min(1, threshold + 0.1)) + 1e-12);
    }),
  );
});

test("a weight at the threshold is shown, and code 0 never is", () => {
  for (let code = 1; code < 255; code++) assert.equal(minCode(code / 254), code);
  assert.equal(minCode(0), 1);
});
