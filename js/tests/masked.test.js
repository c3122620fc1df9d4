import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createViewState } from "../shared/view_state.js";
import { COLUMNS } from "../views/masked/design.js";
import {
  barHeights,
  columnsHeight,
  lineOf,
  movesOf,
  placeColumns,
  placeLens,
  placeSentence,
} from "../views/masked/layout.js";
import { shareText } from "../views/masked/paint.js";
import { createStore } from "../views/masked/store.js";
import { createView } from "../views/masked/view.js";

test("words fill rows from the left, and none leaves the room", () => {
  const word = fc.record({ width: fc.integer({ min: 16, max: 280 }), glued: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1 }),
      fc.integer({ min: 200, max: 1200 }),
      (all, room) => {
        const { boxes, height } = placeSentence(
          all.map(({ width }) => width),
          all.map(({ glued }) => glued),
          room,
        );
        boxes.forEach(({ x, y, width }, k) => {
          assert.ok(x >= 0 && x + width <= room && y + 64 <= height);
          if (k && boxes[k - 1].y === y) assert.ok(x >= boxes[k - 1].x + boxes[k - 1].width);
          else assert.equal(x, 0);
        });
      },
    ),
  );
});

test("the strongest bar is the highest, and what lowers hangs", () => {
  assert.deepEqual(barHeights([1, -2, 0, Number.NaN]), [7.5, -15, 0, 0]);
  assert.deepEqual(barHeights([0, 0]), [0, 0]);
});

/** @param {string} choices @param {string} others Those of the other sentence. @param {string} order */
function answer(choices, others, order) {
  const at = (/** @type {string} */ letters) =>
    Int32Array.from(letters, (one) => order.indexOf(one));
  const share = (/** @type {string} */ letters) =>
    Float32Array.from(at(letters), (rank) => 0.5 ** (rank + 1));
  return {
    ...{ choices: [...choices], probabilities: share(choices) },
    ...{ ranks_of_first: at(others), probabilities_of_first: share(others) },
  };
}

test("each choice moves from its row to its row; what is not shown has none", () => {
  const first = /** @type {any} */ (answer("abc", "abc", "abcde"));
  const now = /** @type {any} */ ({
    ...answer("dba", "abc", "dbaec"),
    ...{
      ranks_before: Int32Array.of(3, 1, 0),
      probabilities_before: Float32Array.of(0.06, 0.25, 0.5),
    },
  });
  assert.deepEqual(movesOf(first, now), [
    { choice: "a", from: 0, to: 2, rise: -2, change: -1 },
    { choice: "b", from: 1, to: 1, rise: 0, change: 0 },
    { choice: "c", from: 2, to: null, rise: -2, change: -1 },
    { choice: "d", from: null, to: 0, rise: 3, change: 1 },
  ]);
});

test("columns, lines and the lens stay within the room", () => {
  for (const width of [280, 368, 553, 928, 1400]) {
    const columns = placeColumns(width, true);
    assert.ok(columns.after + columns.column + COLUMNS.mark <= width + 1e-9);
    for (const [from, to] of [
      [0, 9],
      [null, 3],
      [4, null],
    ]) {
      const [x0, y0, x1, y1] = lineOf(/** @type {any} */ ({ from, to }), columns, 10);
      assert.ok(x0 < x1 && Math.max(y0, y1) <= columnsHeight(10));
    }
    for (const layers of [3, 7, 13, 25]) {
      const grid = placeLens(width, width < 640, layers, 10);
      assert.ok(grid.first + grid.count * grid.cell <= width + 1e-9 && grid.count >= 3);
    }
  }
});

test("a probability has no more digits than it needs", () => {
  assert.deepEqual([0.421, 0.0097, 0.004, 0.0001, 0.999].map(shareText), [
    ".42",
    ".01",
    ".004",
    "<.001",
    "1.0",
  ]);
});

/** @param {string[]} edits @param {string} text */
function packed(edits, text) {
  const words = text.split(" ");
  const floats = (/** @type {number[]} */ ...values) => ({
    ...{ buffer: new Uint8Array(Float32Array.from(values).buffer), codec: "raw", dtype: "float32" },
    shape: [values.length],
  });
  const ints = { ...floats(0), buffer: new Uint8Array(Int32Array.of(0).buffer), dtype: "int32" };
  return {
    ...{ text, edits, said: edits, words, glued: words.map(() => false) },
    ...{ mask: words.indexOf("[MASK]"), choices: ["bird"], lens_first: [], target: "bird" },
    ...{ methods: ["occlusion"], faithfulness: {}, refused: {} },
    ...{ probabilities: floats(0.5), probabilities_before: floats(0.5), lens: floats() },
    ...{ probabilities_of_first: floats(0.5), ranks_before: ints, ranks_of_first: ints },
    ...{ lens_first_probabilities: floats(), attributions: floats(...words.map((_, k) => k)) },
  };
}

/** A model as a host has it. */
function model() {
  const asked = {
    text: "a [MASK]",
    answers: [packed([], "a [MASK]"), packed(["negate"], "not a [MASK]")],
  };
  /** @type {Record<string, any>} */
  const values = {
    data: {
      title: "",
      task: "mask",
      mask: "[MASK]",
      buttons: ["negate", "shuffle"],
      methods: { occlusion: "" },
      asked,
    },
    ...{ detail: {}, text: "a [MASK]", edits: [], target: "", method: "occlusion" },
  };
  /** @type {Record<string, () => void>} */
  const heard = {};
  return {
    get: (/** @type {string} */ name) => values[name],
    set() {},
    on(/** @type {string} */ name, /** @type {() => void} */ listener) {
      heard[name] = listener;
    },
    off() {},
    save_changes() {},
    /** @param {any} asked */
    answer(asked) {
      values.detail = { asked };
      return heard["change:detail"]();
    },
  };
}

test("until an answer comes the last one is shown; another sentence comes with all its answers", async () => {
  const own = model();
  let arrived = 0;
  const store = await createStore(/** @type {any} */ (own), () => arrived++);
  const state = /** @type {any} */ (
    createViewState(
      /** @type {any} */ (own),
      /** @type {any} */ (["text", "edits", "target", "method"]),
    )
  );
  const view = createView(state, store, () => /** @type {any} */ ({}));
  assert.deepEqual([view.isCompared(), [...(view.mattered() ?? [])]], [false, [0, 1]]);
  state.set({ edits: ["negate"] });
  assert.deepEqual([view.isCompared(), view.shown()?.now.words.length], [true, 3]);
  assert.deepEqual(view.stored(), ["negate"]);
  state.set({ target: "fish" });
  assert.equal(view.mattered(), null);
  state.set({ text: view.withWord(1, "[MASK]"), edits: [], target: "" });
  assert.equal(state.get("text"), "not [MASK] bird");
  assert.equal(view.wanted(), null);
  assert.equal(view.shown()?.now.text, "not a [MASK]");
  await own.answer({ text: "not [MASK] bird", answers: [packed([], "not [MASK] bird")] });
  assert.deepEqual([arrived, view.shown()?.now.mask, view.isCompared()], [1, 1, false]);
  state.destroy();
});
