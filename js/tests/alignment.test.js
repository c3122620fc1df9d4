import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { createViewState } from "../shared/view_state.js";
import { cutBands } from "../views/alignment/bands.js";
import { toggled } from "../views/alignment/drawing.js";
import { languageName, languageOf } from "../views/alignment/languages.js";
import { layColumns, layLines } from "../views/alignment/layout.js";
import { mapValues } from "../views/alignment/map_values.js";
import { between, createMorph, waysBetween } from "../views/alignment/morph.js";
import { createStore } from "../views/alignment/store.js";
import {
  countFound,
  diagonal,
  judge,
  judgeDrawn,
  keyOf,
  makeGold,
  scoresOf,
  wordsOf,
} from "../views/alignment/verdicts.js";
import { createView } from "../views/alignment/view.js";

/** @typedef {import("../views/alignment/types.js").Curve} Curve */

/**
 * @param {number} source
 * @param {number} target
 * @param {number} [confidence]
 */
const link = (source, target, confidence = 1) => ({ source, target, confidence });

/**
 * @param {number} count
 * @param {number} width
 * @param {boolean} [rtl]
 */
const line = (count, width, rtl = false) => ({
  words: Array.from({ length: count }, (_, k) => `w${k}`),
  widths: Array(count).fill(width),
  rtl,
});

test("a link's verdict by gold: agreed, allowed, extra; and what gold has besides", () => {
  const gold = makeGold(
    [
      [0, 0],
      [1, 1],
    ],
    [
      [2, 1],
      [2, 2],
    ],
  );
  const judged = judge([link(0, 0), link(2, 1), link(3, 3)], gold);
  const verdicts = Object.fromEntries(
    judged.map((one) => [`${one.source}-${one.target}`, one.verdict]),
  );
  const expected = {
    "0-0": "agreed",
    "2-1": "allowed",
    "3-3": "extra",
    "1-1": "missed",
    "2-2": "unlinked",
  };
  assert.deepEqual(verdicts, expected);
  assert.deepEqual(
    judge([link(0, 0)], null).map(({ verdict }) => verdict),
    ["plain"],
  );
});

test("drawn links hide the hints they answer", () => {
  const judged = judgeDrawn([link(0, 0), link(1, 1)], makeGold([[0, 0]], [[2, 2]]));
  assert.deepEqual(
    judged.map(({ source, verdict }) => [source, verdict]),
    [
      [1, "hint"],
      [0, "agreed"],
      [2, "allowed"],
    ],
  );
});

test("error rate, precision, recall as Och and Ney define them", () => {
  const gold = makeGold(
    [
      [0, 0],
      [1, 1],
    ],
    [[2, 2]],
  );
  const scores = scoresOf(countFound([keyOf(0, 0), keyOf(2, 2), keyOf(3, 3)], gold));
  assert.ok(Math.abs(scores.aer - (1 - 3 / 5)) < 1e-12);
  assert.ok(Math.abs(scores.precision - 2 / 3) < 1e-12);
  assert.equal(scores.recall, 0.5);
  assert.ok(Number.isNaN(scoresOf(countFound([], makeGold([], []))).aer));
});

test("the diagonal reaches both corners, one word of the source has one link", () => {
  assert.deepEqual(diagonal(3, 3).map(wordsOf), [
    [0, 0],
    [1, 1],
    [2, 2],
  ]);
  assert.deepEqual(diagonal(1, 4).map(wordsOf), [[0, 0]]);
  assert.deepEqual(diagonal(2, 4).map(wordsOf), [
    [0, 0],
    [1, 3],
  ]);
  assert.deepEqual(diagonal(2, 0), []);
});

test("bands hold every word once, in order, and none is wider than there is room for", () => {
  const widths = fc.array(fc.integer({ min: 12, max: 200 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(widths, widths, (a, b) => {
      const [source, target] = [a, b].map((own) => ({ words: own.map(() => "w"), widths: own }));
      const bands = cutBands(source, target, [], 500);
      let [i, j] = [0, 0];
      for (const [i0, i1, j0, j1] of bands) {
        assert.deepEqual([i0, j0], [i, j]);
        [i, j] = [i1, j1];
        for (const [own, from, to] of /** @type {[number[], number, number][]} */ ([
          [a, i0, i1],
          [b, j0, j1],
        ])) {
          const length = own.slice(from, to).reduce((sum, one) => sum + one + 9, -9);
          assert.ok(to - from < 2 || length <= 500, `${length} px`);
        }
      }
      assert.deepEqual([i, j], [a.length, b.length]);
    }),
    { numRuns: 60 },
  );
});

test("a long pair is cut where few links cross", () => {
  // The halves of the target are of different lengths: only there no link crosses.
  const links = Array.from(
    { length: 20 },
    (_, k) => /** @type {[number, number]} */ ([k, k < 9 ? 8 - k : 28 - k]),
  );
  const bands = cutBands(line(20, 60), line(20, 60), links, 800);
  assert.deepEqual(bands, [
    [0, 9, 0, 9],
    [9, 20, 9, 20],
  ]);
});

test("six hundred words are cut at once", () => {
  const before = performance.now();
  const bands = cutBands(line(600, 60), line(580, 60), [], 900);
  assert.ok(bands.length > 40);
  assert.ok(performance.now() - before < 1000);
});

test("a line from the right is the mirror of one from the left", () => {
  const placed = layLines(line(4, 50), line(4, 50, true), [], 600, 380);
  placed.source.forEach((box, k) => {
    assert.ok(Math.abs(box.x + box.width + placed.target[k].x - 600) < 1e-6);
  });
  assert.ok(placed.target[0].x > placed.target[1].x);
  assert.equal(placed.source[0].endX, placed.source[0].x + 25);
});

test("two lines stand as far apart as their links run aside, no farther than there is room", () => {
  /** @type {(links: [number, number][], height?: number) => number} */
  const gap = (links, height = 380) => {
    const { source, target } = layLines(line(12, 50), line(12, 50), links, 960, height);
    return target[0].y - source[0].y - source[0].height;
  };
  assert.equal(gap([[3, 3]]), 96);
  assert.equal(gap([[0, 11]]), 180);
  assert.equal(gap([[0, 11]], 200), 200 - 2 * (26 + 5));
  // Where nothing is known yet, what is to come needs some room.
  assert.ok(gap([]) > 96);
});

test("bands keep to the height there is, down to a least one", () => {
  const links = Array.from({ length: 38 }, (_, k) => /** @type {[number, number]} */ ([k, 37 - k]));
  const placed = layLines(line(38, 60), line(38, 60), links, 960, 380);
  assert.ok(placed.bands > 2 && placed.height <= 390, `${placed.bands} bands, ${placed.height} px`);
});

test("two columns: rows of 19 px at least, words inside the page", () => {
  const placed = layColumns(line(40, 300), line(3, 50), 376, 380);
  assert.equal(placed.height, 760);
  for (const box of [...placed.source, ...placed.target])
    assert.ok(box.x >= 0 && box.x + box.width <= 376);
  assert.equal(layColumns(line(0, 1), line(0, 1), 376, 380).source.length, 0);
});

test("a leaving link slides to one that shares an end; the others fade", () => {
  const curve = (/** @type {number} */ i, /** @type {number} */ j) =>
    /** @type {Curve} */ ({
      ...link(i, j),
      verdict: "plain",
      x0: i,
      y0: 0,
      x1: j,
      y1: 1,
      alpha: 1,
    });
  const ways = waysBetween([curve(0, 0), curve(1, 1), curve(5, 5)], [curve(0, 0), curve(1, 2)]);
  assert.deepEqual(
    ways.map(([from, to]) => [from.target, to.target, from.alpha, to.alpha]),
    [
      [0, 0, 1, 1],
      [1, 2, 1, 1],
      [5, 5, 1, 0],
    ],
  );
  assert.equal(between(ways[1], 0.5).x1, 1.5);
});

test("a link is made, changes its kind, and goes", () => {
  const sure = toggled([], 1, 2, "sure");
  assert.deepEqual(sure, [[1, 2, "sure"]]);
  assert.deepEqual(toggled(sure, 1, 2, "possible"), [[1, 2, "possible"]]);
  assert.deepEqual(toggled(sure, 1, 2, "sure"), []);
  assert.deepEqual(
    toggled(sure, 0, 5, "sure").map(([i]) => i),
    [0, 1],
  );
});

test("languages by name, or by their letters where nobody said", () => {
  assert.equal(languageName("de"), "German");
  assert.equal(languageName("not a language"), "not a language");
  assert.equal(languageOf(undefined, ["私", "は"]), "ja");
  assert.equal(languageOf(undefined, ["كتاب"]), "ar");
  assert.equal(languageOf(undefined, ["house"]), "");
});

/**
 * @param {Uint16Array | Int32Array | Float32Array} array
 * @param {number[]} shape
 * @returns {import("../shared/tensor.js").Tensor}
 */
function tensor(array, shape) {
  const names = { Uint16Array: "uint16", Int32Array: "int32", Float32Array: "float32" };
  const dtype = /** @type {"uint16"} */ (
    names[/** @type {"Uint16Array"} */ (array.constructor.name)]
  );
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return { buffer: deflateSync(bytes), codec: "zlib", dtype, shape };
}

/** Two words each, two layers, one method; a second pair that is not here. */
function madeUp() {
  const links = Uint16Array.from([0, 0, 65535, 1, 0, 13107, 0, 0, 65535, 1, 1, 65535]);
  const pair = {
    source: ["a", "b"],
    target: ["x", "y"],
    source_rtl: false,
    target_rtl: false,
    cut_source: [],
    cut_target: [],
    gold: {
      sure: [
        [0, 0],
        [1, 1],
      ],
      possible: [],
    },
    given: { giza: [[0, 1]] },
  };
  return {
    title: "m",
    languages: null,
    pairs: [pair, { ...pair, gold: null, given: {} }],
    hidden_layers: [0, 1],
    best_layer: 1,
    methods: [{ name: "inter", title: "mutual" }],
    links: { 0: { links: tensor(links, [4, 3]), starts: tensor(Int32Array.of(0, 2, 4), [3]) } },
    embedded: [0],
    similarity: {},
    map: {
      measure: "aer",
      all: tensor(Float32Array.of(0.5, 0), [2, 1]),
      pairs: tensor(Float32Array.of(0.5, 0, Number.NaN, Number.NaN), [2, 2, 1]),
      note: "1 of 2 pairs have gold",
      chance: tensor(Float32Array.of(0.25, 0.5), [2, 1]),
      chance_note: "over 1 pair",
    },
  };
}

/** @param {Record<string, unknown>} [more] */
async function makeView(more = {}) {
  /** @type {Record<string, unknown>} */
  const values = { data: madeUp(), pair: 0, hidden_layer: 0, method: "inter", threshold: 0 };
  Object.assign(values, { show_gold: true, map_of: "all", drawing: false, drawn: {}, ...more });
  const model = /** @type {any} */ ({
    get: (/** @type {string} */ name) => values[name],
    set() {},
    on() {},
    off() {},
    save_changes() {},
  });
  const store = await createStore(model, () => {});
  /** @type {import("../views/alignment/types.js").State} */
  const state = createViewState(model, /** @type {any} */ (Object.keys(values)));
  return { view: createView(state, store, () => /** @type {any} */ ({})), store, state };
}

test("links are read by pair, layer and method; given ones by name; absent ones are null", async () => {
  const { store } = await makeView();
  assert.deepEqual(store.names, ["inter", "giza"]);
  assert.deepEqual(
    store.links(0, 0, "inter")?.map((one) => [one.source, one.target, +one.confidence.toFixed(3)]),
    [
      [0, 0, 1],
      [1, 0, 0.2],
    ],
  );
  assert.deepEqual(store.links(0, 1, "giza"), [link(0, 1)]);
  assert.deepEqual(store.links(1, 1, "giza"), []);
  assert.equal(store.links(1, 0, "inter"), null);
  assert.deepEqual([store.has(0), store.has(1)], [true, false]);
  assert.deepEqual(store.counted(), [0]);
});

test("the map follows the threshold and what is drawn, and says where it cannot", async () => {
  const { view, state } = await makeView();
  assert.deepEqual([...(mapValues(view)?.values ?? [])], [0.5, 0]);
  state.set({ threshold: 0.5 });
  assert.ok(Math.abs((mapValues(view)?.values[0] ?? 9) - 1 / 3) < 1e-6);
  state.set({
    threshold: 0,
    drawn: {
      0: [
        [0, 0, "sure"],
        [1, 0, "possible"],
      ],
    },
  });
  assert.deepEqual(
    [...(mapValues(view)?.values ?? [])].map((one) => +one.toFixed(3)),
    [0, 0.333],
  );
  state.set({ drawn: { 1: [[0, 0, "sure"]] } });
  assert.deepEqual([...(mapValues(view)?.values ?? [])], [0.5, 0]);
  assert.match(mapValues(view)?.note ?? "", /without what was drawn: 1 pair not in this view/);
  state.destroy();
});

test("where no pair came with gold, the map turns to the error rate of what is drawn", async () => {
  const data = madeUp();
  data.pairs[0].gold = null;
  data.map.measure = "confidence";
  const { view, state } = await makeView({ data });
  assert.equal(mapValues(view)?.measure, "confidence");
  state.set({
    drawn: {
      0: [
        [0, 0, "sure"],
        [1, 0, "possible"],
      ],
    },
  });
  const { measure, note, pairs, values } = mapValues(view) ?? {};
  assert.deepEqual([measure, note, pairs], ["aer", "over 1 pair, drawn here", [0]]);
  assert.deepEqual(
    [...(values ?? [])].map((one) => +one.toFixed(3)),
    [0, 0.333],
  );
  state.set({ drawn: { 0: [] } });
  assert.equal(mapValues(view)?.measure, "confidence");
  assert.equal(view.scores(), null);
  state.destroy();
});

test("links that stayed in Python are counted, and a map without them says so", async () => {
  const data = madeUp();
  const { view, store, state } = await makeView({ data });
  assert.deepEqual([store.left(0, 0, "inter"), store.left(1, 0, "inter")], [0, 0]);
  assert.equal(store.isWhole([0, 1]), true);
  state.destroy();
  Object.assign(data.links[0], { found: tensor(Int32Array.of(2, 9), [2]) });
  const cut = await makeView({ data, threshold: 0.5 });
  assert.deepEqual(
    [0, 1].map((step) => cut.store.left(0, step, "inter")),
    [0, 7],
  );
  assert.equal(cut.store.left(0, 1, "giza"), 0);
  assert.deepEqual([cut.store.isWhole([0, 1]), cut.store.isWhole([1])], [false, true]);
  assert.match(mapValues(cut.view)?.note ?? "", /surest links/);
  cut.state.destroy();
  assert.doesNotMatch(mapValues(view)?.note ?? "", /surest links/);
});

test("a move draws nothing before its first frame, and ends where it should", (context) => {
  /** @type {FrameRequestCallback[]} */
  const frames = [];
  let now = 0;
  context.mock.method(performance, "now", () => now);
  Object.assign(globalThis, {
    requestAnimationFrame: (/** @type {FrameRequestCallback} */ frame) => frames.push(frame),
    cancelAnimationFrame() {},
    matchMedia: () => ({ matches: false }),
  });
  /** @type {Curve[][]} */
  const drawn = [];
  const morph = createMorph((curves) => drawn.push(curves));
  /** @returns {Curve[]} */
  const at = (/** @type {number} */ x1) => [
    { ...link(0, 0), verdict: "plain", x0: 0, y0: 0, x1, y1: 9, alpha: 1 },
  ];
  morph.go(at(0), false);
  assert.deepEqual(drawn, [at(0)]);
  morph.go(at(50), true);
  assert.equal(drawn.length, 1);
  for (now of [30, 1000]) for (const frame of frames.splice(0)) frame(now);
  const [, midway, end] = drawn;
  assert.ok(midway[0].x1 > 0 && midway[0].x1 < 50);
  assert.deepEqual(end, at(50));
  assert.deepEqual([drawn.length, frames.length], [3, 0]);
});

test("a mean confidence stands beside chance, the map's error rate beside the diagonal's", async () => {
  const { view, state } = await makeView();
  assert.equal(view.chance(), "by chance over 1 pair 0.25");
  assert.equal(view.chance(1), "by chance over 1 pair 0.50");
  assert.deepEqual(mapValues(view)?.pairs, [0]);
  assert.equal(view.diagonalOf([0, 1]), 0);
  assert.ok(Number.isNaN(view.diagonalOf([1])));
  state.set({ threshold: 0.5 });
  assert.equal(view.chance(), "by chance over 1 pair nothing hidden 0.25");
  state.set({ method: "giza" });
  assert.equal(view.chance(), "");
  assert.equal(view.gloss(), "what came with the pair");
  state.set({ method: "inter", drawn: { 0: [[0, 1, "sure"]] } });
  assert.equal(view.gloss(), "mutual");
  assert.equal(view.diagonalOf([0]), 1);
  state.destroy();
});

test("scores stand beside the diagonal's; the threshold counts; drawn links are gold", async () => {
  const { view, state } = await makeView();
  assert.deepEqual(view.scores(), { aer: 0.5, precision: 0.5, recall: 0.5, diagonal: 0 });
  state.set({ threshold: 0.5 });
  assert.equal(view.found().hidden, 1);
  state.set({
    threshold: 0,
    drawn: {
      0: [
        [0, 0, "sure"],
        [1, 0, "sure"],
      ],
    },
  });
  assert.equal(view.scores()?.aer, 0);
  state.set({ drawn: { 0: [[0, 0, "sure"]] } });
  assert.equal(view.scores()?.recall, 1);
  state.set({ pair: 99, method: "nothing", hidden_layer: 7 });
  assert.deepEqual([view.pair(), view.method(), view.layer()], [1, "inter", 0]);
  state.destroy();
});
