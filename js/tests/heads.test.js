import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { headsLayout, seenAt, stuckEnd, windowOf } from "../views/attention/heads_layout.js";
import { namedPartners } from "../views/attention/heads_reading.js";
import { focusWeights, largest, received } from "../views/attention/heads_weights.js";
import { WEIGHTS } from "../views/attention/scale.js";

/**
 * @param {number} size
 * @param {number} [second] Where the second sentence starts.
 * @returns {import("../views/attention/types.js").Axis}
 */
function axis(size, second = size) {
  const places = Array.from({ length: size }, (_, i) => i);
  return {
    size,
    labels: places.map(String),
    special: places.map((i) => i === 0 || i === size - 1),
    word: new Int32Array(size).fill(-1),
    segment: places.map((i) => Number(i >= second)),
    unit: places,
    name: "text",
  };
}

const sizes = fc.record({
  width: fc.integer({ min: 300, max: 1600 }),
  heads: fc.integer({ min: 1, max: 32 }),
  from: fc.integer({ min: 1, max: 512 }),
  to: fc.integer({ min: 1, max: 512 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

test("links and strips stay within the width, at any width and number of heads", () => {
  fc.assert(
    fc.property(sizes, ({ width, heads, from, to }) => {
      const about = { width, height: 484, heads, rows: axis(from), columns: axis(to) };
      const layout = headsLayout({ ...about, widest: [60, 60] });
      assert.ok(layout.strip + layout.stripWidth <= width);
      assert.ok(layout.linkLeft < layout.linkRight);
      assert.ok(layout.height <= 484);
    }),
  );
});

test("whatever is scrolled, rows in view are apart and in order", () => {
  fc.assert(
    fc.property(sizes, ({ width, heads, from, to, share }) => {
      const rows = axis(from, Math.floor(from / 2));
      const layout = headsLayout({
        ...{ width, height: 484, heads, rows, columns: axis(to) },
        widest: [60, 60],
      });
      const scrolled = share * (layout.length - layout.height);
      for (const column of [layout.from, layout.to]) {
        const at = seenAt(layout, column, scrolled);
        const seen = Array.from({ length: column.axis.size }, (_, i) => at(i)).filter((y) => y > 0);
        assert.ok(seen.length > 0);
        for (let i = 1; i < seen.length; i++)
          assert.ok(seen[i] - seen[i - 1] >= layout.row / 2 - 1);
        assert.ok(seen[seen.length - 1] <= layout.height);
      }
    }),
  );
});

test("where rows are out of view a mark has room, and tells how many", () => {
  fc.assert(
    fc.property(sizes, ({ width, heads, from, to, share }) => {
      const about = { width, height: 484, heads, rows: axis(from), columns: axis(to) };
      const layout = headsLayout({ ...about, widest: [60, 60] });
      for (const column of [layout.from, layout.to]) {
        const scrolled = share * (layout.length - layout.height);
        const at = seenAt(layout, column, scrolled);
        const seen = Array.from({ length: column.axis.size }, (_, i) => i).filter((i) => at(i) > 0);
        const { top, bottom, above, below } = windowOf(layout, column, scrolled);
        assert.equal(above + seen.length + below, column.axis.size);
        const moving = seen.filter((i) => !stuckEnd(column, i)).map(at);
        assert.ok(moving.every((y) => y >= top && y <= bottom));
        const free = (/** @type {number} */ end) => (stuckEnd(column, end) ? layout.row : 0);
        if (above) assert.equal(top, free(0) + layout.row);
        if (below) assert.equal(bottom, layout.height - free(column.axis.size - 1) - layout.row);
      }
    }),
  );
});

test("the strongest partner out of view is named, if it is worth a name", () => {
  const where = (/** @type {number} */ token) => (token < 3 ? "" : "↓ ");
  assert.deepEqual(namedPartners([0.5, 0.3, 0.2, 0.1, 0.08], 3, where, 0.05), [0, 1, 3]);
  assert.deepEqual(namedPartners([0.5, 0.3, 0.2, 0.01, 0], 3, where, 0.05), [0, 1, 2]);
  assert.deepEqual(namedPartners([0.5, 0.3, 0.2, 0.4, 0], 3, where, 0.05), [0, 3, 1]);
});

const [ROWS, COLUMNS] = [axis(3), axis(2)];
const SHEET = /** @type {any} */ ({
  ...{ heads: 2, rows: ROWS, columns: COLUMNS, scale: WEIGHTS },
  codes: Uint8Array.of(254, 0, 127, 127, 10, 255, 0, 254, 0, 254, 0, 254),
});

test("what a token receives is the mean over the rows, without what is hidden or missing", () => {
  const near = (/** @type {number} */ x) => Math.round(x * 1000) / 1000;
  assert.deepEqual([...received(SHEET, 0)].map(near), [0.513, 0, 0.167, 1]);
  assert.deepEqual([...received(SHEET, 0.1)].map(near), [0.5, 0, 0.167, 1]);
});

test("several tokens in focus are averaged or added up, on either side", () => {
  /** @param {"mean" | "sum"} combine */
  const scene = (combine) =>
    /** @type {any} */ ({ data: SHEET, heads: [0], threshold: 0, combine });
  const rows = { side: /** @type {const} */ ("from"), places: [0, 1] };
  assert.deepEqual([...focusWeights(scene("mean"), rows)], [0.75, 0, 0.25, 0]);
  assert.deepEqual([...focusWeights(scene("sum"), rows)], [1.5, 0, 0.5, 0]);
  const column = { side: /** @type {const} */ ("to"), places: [1] };
  assert.deepEqual([...focusWeights(scene("mean"), column)], [0, 0, 0.5, 0, 0, 0]);
});

test("the largest come first and nothing is not among them", () => {
  assert.deepEqual(largest([0.1, 0, 0.5, 0.3], 2), [2, 3]);
  assert.deepEqual(largest([0, 0], 2), []);
});
