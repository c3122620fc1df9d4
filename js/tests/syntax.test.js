import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { createViewState } from "../shared/view_state.js";
import {
  arcHeight,
  piecesOf,
  placeRelations,
  placeWords,
  pointsOf,
} from "../views/syntax/layout.js";
import { between } from "../views/syntax/morph.js";
import { cutRows } from "../views/syntax/rows.js";
import { createStore } from "../views/syntax/store.js";
import { judge, offsetHeads, shareText } from "../views/syntax/verdicts.js";
import { createView } from "../views/syntax/view.js";

/** @typedef {import("../views/syntax/types.js").Link} Link */

/** The old dogs bark loudly, and a full stop. */
const GOLD = Int8Array.of(2, 2, 3, -1, 3, -2);

/** @param {Link[]} links */
const said = (links) =>
  Object.fromEntries(links.map(({ word, head, verdict }) => [`${word}<${head}`, verdict]));

test("a link is in both trees, whichever end is the head, or in one", () => {
  const { above, below } = judge(GOLD, Int8Array.of(3, -1, 1, 4, 1, -2));
  assert.deepEqual(said(above), {
    ...{ "0<2": "missed", "1<2": "agreed", "2<3": "missed", "3<-1": "root", "4<3": "agreed" },
  });
  assert.deepEqual(said(below), {
    ...{ "0<3": "extra", "2<1": "agreed", "3<4": "agreed", "4<1": "extra" },
  });
});

test("a fixed distance counts the words that trees link", () => {
  assert.deepEqual([...offsetHeads(Int8Array.of(2, -2, -1), 1)], [2, -2, -1]);
  assert.deepEqual([...offsetHeads(GOLD, -2)], [-1, -1, 0, 1, 2, -2]);
});

test("a share has two digits, halves up", () => {
  assert.deepEqual(
    [shareText(5, 12), shareText(1, 8), shareText(3, 3), shareText(0, 0)],
    [...[".42", ".13", "1.00", "–"]],
  );
});

/** A tree of n words whose arcs are short: each word's head is one of the few before it. */
const trees = fc
  .integer({ min: 1, max: 50 })
  .chain((n) => fc.array(fc.integer({ min: 1, max: 4 }), { minLength: n, maxLength: n }))
  .map((back) => Int16Array.from(back, (by, word) => (word ? Math.max(0, word - by) : -1)));

test("rows hold every word once, at most fourteen of them, and fit", () => {
  fc.assert(
    fc.property(trees, fc.integer({ min: 200, max: 1200 }), (gold, room) => {
      const widths = Array.from(gold, (_, word) => 30 + 7 * (word % 5));
      const rows = cutRows(widths, gold, room);
      assert.deepEqual(
        rows.flatMap(([start, end]) => Array.from({ length: end - start }, (_, k) => start + k)),
        Array.from(gold, (_, word) => word),
      );
      for (const [start, end] of rows) {
        const own = widths.slice(start, end).reduce((sum, one) => sum + one + 8, -8);
        assert.ok(end - start <= 14 && own <= room);
      }
    }),
  );
});

/** @param {Int16Array} gold @param {number} width */
function placed(gold, width, rtl = false) {
  const widths = Array.from(gold, (_, word) => 40 + 9 * (word % 4));
  return placeWords({ widths, gold, rtl }, width, 460);
}

test("arcs stay within the figure, and labels that are shown do not overlap", () => {
  fc.assert(
    fc.property(trees, fc.constantFrom(360, 928), fc.boolean(), (gold, width, rtl) => {
      const all = placed(gold, width, rtl);
      const links = judge(gold, gold);
      const wanted = links.above.map((link) => {
        const pieces = piecesOf(all, link, true);
        return { word: link.word, text: "dep", width: 22, piece: pieces[pieces.length - 1] };
      });
      const over = links.above.flatMap((link) => piecesOf(all, link, true));
      const under = links.below.flatMap((link) => piecesOf(all, link, false));
      for (const [x, y] of [...over, ...under].flatMap(pointsOf)) {
        assert.ok(x >= 0 && x <= Math.max(width, all.margins[1]));
        assert.ok(y >= 0 && y <= all.height);
      }
      const free = placeRelations(wanted, over).filter((label) => label.free);
      for (const one of free)
        for (const other of free)
          if (one !== other)
            assert.ok(Math.abs(one.x - other.x) >= 22 || Math.abs(one.y - other.y) >= 11);
    }),
  );
});

test("a longer arc is higher, up to the farthest", () => {
  const heights = Array.from({ length: 14 }, (_, k) => arcHeight(k + 1, 84));
  for (let k = 1; k < 14; k++) assert.ok(heights[k] > heights[k - 1]);
  assert.equal(arcHeight(40, 84), 84);
});

test("an arc over a break leaves where the line ends and comes back where the next begins", () => {
  const gold = Int16Array.from({ length: 20 }, (_, word) => word - 1);
  for (const rtl of [false, true]) {
    const all = placed(gold, 928, rtl);
    const first = all.rows[1][0];
    const [out, back] = piecesOf(all, { word: first, head: first - 1 }, true);
    const [start, end] = rtl ? all.margins.toReversed() : all.margins;
    assert.deepEqual([out.x1, back.x0], [end, start]);
    assert.deepEqual([out.starts, out.ends, back.starts, back.ends], [true, false, false, true]);
  }
});

test("a word's arc slides from its old head to its new one; one over a break fades in", () => {
  const gold = Int16Array.from({ length: 20 }, (_, word) => word - 1);
  const all = placed(gold, 928);
  /** @type {(word: number, head: number) => import("../views/syntax/types.js").Arc} */
  const arc = (word, head) => {
    const link = /** @type {Link} */ ({ word, head, verdict: "extra" });
    return { ...link, pieces: piecesOf(all, link, false), alpha: 1 };
  };
  const [before, after] = [arc(3, 1), arc(3, 5)];
  const [half] = between([before], [after], 0.5);
  const middle = (before.pieces[0].x0 + after.pieces[0].x0) / 2;
  assert.equal(half.pieces[0].x0, middle);
  assert.equal(half.alpha, 1);
  const [fading] = between([arc(3, 1)], [arc(3, 19)], 0.25);
  assert.deepEqual([fading.pieces.length, fading.alpha], [2, 0.25]);
});

/** A model as a host has it, of two layers of two heads and a probe at hidden layer 3. */
function model() {
  const heads = [
    [...GOLD],
    [...GOLD],
    [3, -1, 1, 4, 1, -2],
    [...GOLD],
    [...GOLD],
    [...GOLD],
    [...GOLD],
  ];
  const rows = Int8Array.from([...heads, [1, 2, 3, 4, -1, -2]].flat());
  const bytes = new Uint8Array(rows.buffer);
  const tensor = {
    buffer: new Uint8Array(deflateSync(bytes)),
    codec: "zlib",
    dtype: "int8",
    shape: [8, 6],
  };
  const found = new Uint8Array(
    Int32Array.of(9, 9, 2, 9, 9, 9, 5, 3, 1, 1, 1, 4, 4, 1, 1, 1).buffer,
  );
  const packed = {
    ...{ id: "", words: ["The", "old", "dogs", "bark", "loudly", "."], upos: [], relations: [] },
    ...{ rtl: false, dropped: [], heads: tensor },
  };
  /** @type {Record<string, any>} */
  const values = {
    data: {
      ...{ title: "tiny", sentences: 2, layers: [4, 5], heads: 2, probed_layers: [3] },
      offsets: [-4, -3, -2, -1, 1, 2, 3, 4],
      sources: ["head", "mean", "probe", "offset"],
      found: { buffer: found, codec: "raw", dtype: "int32", shape: [16] },
      embedded: { 0: packed },
    },
    ...{ detail: {}, sentence: 0, source: "head", layer: 4, head: 1, hidden_layer: 3, offset: 1 },
    ...{ theme: "light", height: 460 },
  };
  /** @type {Record<string, () => void>} */
  const heard = {};
  return {
    get: (/** @type {string} */ name) => values[name],
    set(/** @type {string} */ name, /** @type {any} */ value) {
      values[name] = value;
    },
    on(/** @type {string} */ name, /** @type {() => void} */ listener) {
      heard[name] = listener;
    },
    off() {},
    save_changes() {},
    answer() {
      values.detail = { sentence: 1, ...packed, words: ["a", "b", "c", "d", "e", "f"] };
      return heard["change:detail"]();
    },
  };
}

test("each source has its own tree and its own count", async () => {
  const own = model();
  const store = await createStore(/** @type {any} */ (own), () => {});
  const names = ["sentence", "source", "layer", "head", "hidden_layer", "offset"];
  const state = createViewState(/** @type {any} */ (own), /** @type {any} */ (names));
  const view = createView(/** @type {any} */ (state), store, () => /** @type {any} */ ({}));
  assert.deepEqual(view.here(), { right: 2, edges: 4, chain: 3 });
  assert.deepEqual([view.uuas(), view.chain(), view.bestOf()], [".22", ".44", 0]);
  /** @type {any} */ (state).set({ head: 0 });
  assert.deepEqual([view.here().right, view.uuas(), view.bestOf()], [4, "1.00", 4]);
  /** @type {any} */ (state).set({ source: "mean", layer: 5 });
  assert.deepEqual([view.here().right, view.uuas(), view.bestOf()], [4, ".56", 0]);
  /** @type {any} */ (state).set({ source: "probe" });
  assert.deepEqual([view.layer(), view.here().right, view.uuas()], [3, 3, ".33"]);
  /** @type {any} */ (state).set({ source: "offset", offset: -1 });
  assert.deepEqual([view.here().right, view.uuas()], [3, ".44"]);
  /** @type {any} */ (state).set({ layer: 99, head: 7, source: "head" });
  assert.deepEqual([view.layer(), view.head()], [4, 1]);
  state.destroy();
});

test("a sentence that did not come with the view comes when Python answers", async () => {
  const own = model();
  let arrived = 0;
  const store = await createStore(/** @type {any} */ (own), () => arrived++);
  assert.equal(store.sentence(1), null);
  const wanted = store.want(1);
  await own.answer();
  assert.equal((await wanted)?.words[0], "a");
  assert.equal(arrived, 1);
});
