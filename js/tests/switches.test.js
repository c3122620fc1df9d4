import assert from "node:assert/strict";
import { test } from "node:test";
import { answerText, answerWithout, isOff, toggle } from "../views/attention/switches.js";

const answered = (/** @type {string} */ first) => ({
  answers: /** @type {[string, number][]} */ ([
    [first, 0.5],
    ["fish", 0.25],
  ]),
  moved: null,
});
const switches = {
  asked: "[MASK]",
  shape: /** @type {[number, number]} */ ([2, 2]),
  whole: answered("bird"),
  alone: ["a", "b", "c", "d"].map(answered),
  off: /** @type {[number, number][]} */ ([]),
  now: answered("bird"),
};

test("without a kernel each head alone has its answer, and several have none", () => {
  assert.equal(answerWithout(switches, []), switches.now);
  assert.equal(answerWithout(switches, [[1, 0]])?.answers[0][0], "c");
  assert.equal(answerWithout(switches, [[0, 1]])?.answers[0][0], "b");
  const several = /** @type {[number, number][]} */ ([
    [0, 0],
    [1, 1],
  ]);
  assert.equal(answerWithout(switches, several), null);
  const asked = { ...switches, off: several, now: answered("worm") };
  assert.equal(answerWithout(asked, several)?.answers[0][0], "worm");
  assert.equal(answerWithout(asked, []), switches.whole);
});

test("an answer of another rank is bold, and one of the same is not", () => {
  assert.deepEqual(answerText(answered("worm"), switches.whole), [
    { bold: "worm" },
    " 50%",
    ", ",
    { isolate: "fish" },
    " 25%",
  ]);
  const moved = answerText({ answers: [], moved: 0.123 }, { answers: [], moved: 0 });
  assert.deepEqual(moved, ["last hidden layer moved by 12% of its length, mean over tokens"]);
});

test("a head is switched off and on again, in order, and only where there are switches", () => {
  /** @type {any} */
  const values = { off: [[1, 1]] };
  const state = /** @type {any} */ ({
    get: (/** @type {string} */ name) => values[name],
    set: (/** @type {object} */ wanted) => Object.assign(values, wanted),
  });
  globalThis.HTMLElement ??= /** @type {any} */ (class {});
  const figure = { closest: () => null };
  const frame = /** @type {any} */ ({ state, store: { switches }, figure });
  assert.ok(toggle(frame, { layer: 0, head: 1 }));
  assert.deepEqual(values.off, [
    [0, 1],
    [1, 1],
  ]);
  assert.ok(isOff(state, { layer: 0, head: 1 }));
  toggle(frame, { layer: 1, head: 1 });
  assert.deepEqual(values.off, [[0, 1]]);
  const none = { ...frame, store: { switches: null } };
  assert.equal(toggle(none, { layer: 0, head: 0 }), false);
  assert.deepEqual(values.off, [[0, 1]]);
});
