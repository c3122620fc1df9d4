import assert from "node:assert/strict";
import { test } from "node:test";
import { strandFrom } from "../views/attention/heads_links.js";
import { hiddenText } from "../views/attention/hidden_text.js";

test("what eight bits lose is not called hidden by the reader", () => {
  assert.equal(hiddenText(0, 0.17), "17% too small to store");
  assert.equal(hiddenText(0, 0.0004), "nothing hidden");
  assert.equal(hiddenText(0.08, 0.31), "under 0.08: 31% hidden");
  assert.equal(hiddenText(0.08, 0), "under 0.08: nothing hidden");
});

test("of several heads those have a strand that give more than an even spread", () => {
  const scene = (/** @type {number} */ size) =>
    /** @type {any} */ ({ data: { columns: { size } } });
  assert.equal(strandFrom(scene(8)), 0.125);
  assert.equal(strandFrom(scene(512)), 0.05);
});
