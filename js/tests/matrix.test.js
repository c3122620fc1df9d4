import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { evenInRow } from "../views/attention/even.js";
import { hiddenShare, massByCode } from "../views/attention/figure_data.js";
import { meanOfHeads } from "../views/attention/head_mean.js";
import { columnOf, rankOf, rowOf } from "../views/attention/matrix_profile.js";
import {
  columnAt,
  columnEdges,
  isWhole,
  moveTo,
  pixelSpans,
  reveal,
  wholeMap,
  zoomTo,
} from "../views/attention/matrix_window.js";
import { WEIGHTS } from "../views/attention/scale.js";

const special = Array.from({ length: 512 }, (_, i) => i === 0 || i === 200 || i === 511);
const space = { rows: 512, columns: 512, width: 440, height: 420, ratio: 2, special };

/** @param {number} size */
const axis = (size) => ({
  size,
  labels: Array.from({ length: size }, (_, i) => `t${i}`),
  special: Array(size).fill(false),
  word: Int32Array.from({ length: size }, () => -1),
  segment: Array(size).fill(0),
  unit: Array.from({ length: size }, (_, i) => i),
  name: "text",
});

/** @param {number[][]} heads Codes of each head. @param {number} columns */
function sheet(heads, columns) {
  const rows = heads[0].length / columns;
  return {
    kind: /** @type {const} */ ("encoder"),
    layer: 0,
    heads: heads.length,
    rows: axis(rows),
    columns: axis(columns),
    codes: Uint8Array.from(heads.flat()),
    mass: new Float64Array(),
    ...{ where: "layer 0", mean: 0, scale: WEIGHTS, peak: 254 },
    rounded: new Float32Array(heads.length),
  };
}

test("a long text is whole at first, and its cells are as large as they fit", () => {
  const window = wholeMap(space);
  assert.ok(isWhole(space, window));
  assert.ok(window.cell * 512 <= 420.001);
});

test("a map that is not square keeps square cells", () => {
  const window = wholeMap({
    ...{ rows: 10, columns: 30, width: 300, height: 400, ratio: 1 },
    special: Array(30).fill(false),
  });
  assert.equal(window.cell, 10);
  assert.deepEqual([window.rows, window.columns], [10, 30]);
});

test("zooming keeps what is under the pointer near it and the window inside the map", () => {
  const place = fc.integer({ min: 0, max: 511 });
  fc.assert(
    fc.property(place, place, fc.integer({ min: 2, max: 40 }), (row, column, cell) => {
      const before = wholeMap(space);
      const after = zoomTo(space, before, cell, { row, column });
      assert.ok(after.row >= 0 && after.row + after.rows <= 512);
      assert.ok(row >= after.row && row < after.row + after.rows);
      assert.ok(column >= after.column && column < after.column + after.columns);
    }),
  );
});

test("moving stops at the edge; revealing moves no more than it must", () => {
  const near = zoomTo(space, wholeMap(space), 20, { row: 0, column: 0 });
  assert.equal(moveTo(space, near, -5, 9999).row, 0);
  assert.equal(moveTo(space, near, 0, 9999).column, 512 - near.columns);
  assert.deepEqual(reveal(space, near, 3, 3), near);
  assert.equal(reveal(space, near, near.rows, 0).row, 1);
});

test("the mean over heads leaves out missing weights, and is missing where all are", () => {
  const map = meanOfHeads(
    sheet(
      [
        [254, 255, 100, 255],
        [0, 50, 101, 255],
      ],
      2,
    ),
    [0, 1],
  );
  assert.deepEqual([...map.codes], [127, 50, 101, 255]);
  assert.equal(map.at(0, 0), 0.5);
  assert.equal(map.at(1, 0), 100.5 / 254);
  assert.ok(Number.isNaN(map.at(1, 1)));
});

test("one head is shown as it is, without a copy", () => {
  const one = sheet(
    [
      [1, 2, 3, 4],
      [5, 6, 7, 255],
    ],
    2,
  );
  const map = meanOfHeads(one, [1]);
  assert.equal(map.codes.buffer, one.codes.buffer);
  assert.deepEqual([...map.codes], [5, 6, 7, 255]);
  assert.ok(Number.isNaN(map.at(1, 1)));
});

test("what a threshold hides is counted, with what eight bits had lost before", () => {
  const { codes } = meanOfHeads(sheet([[200, 54, 254, 255]], 2), [0]);
  const hidden = (/** @type {number} */ threshold, /** @type {number} */ lost) =>
    hiddenShare({ mass: massByCode(codes, 1, [lost]) }, [0], threshold);
  assert.equal(hidden(0, 0), 0);
  assert.ok(Math.abs(hidden(0.5, 0) - 54 / 508) < 1e-9);
  assert.ok(Math.abs(hidden(0, 0.1) - 0.1) < 1e-6);
});

test("rows, columns and ranks agree with the weights", () => {
  const map = meanOfHeads(sheet([[254, 0, 127, 127]], 2), [0]);
  assert.deepEqual([...rowOf(map, 1)], [0.5, 0.5]);
  assert.deepEqual([...columnOf(map, 0)], [1, 0.5]);
  assert.equal(rankOf(rowOf(map, 0), 1), 2);
});

test("the baseline of a causal row counts only the tokens it may see", () => {
  assert.equal(evenInRow(axis(4), axis(4), 0, true), 1);
  assert.equal(evenInRow(axis(4), axis(4), 3, true), 0.25);
  assert.equal(evenInRow(axis(4), axis(4), 0, false), 0.25);
});

test("columns of special tokens are three pixels wide however many tokens there are", () => {
  const window = wholeMap(space);
  const { edges } = window;
  assert.ok(window.cell < 1);
  for (const at of [0, 200, 511]) assert.ok(Math.abs(edges[at + 1] - edges[at] - 3) < 1e-9);
  assert.ok(Math.abs(edges[512] - 512 * window.cell) < 1e-6, "the map is not wider");
  for (let at = 0; at < 512; at++)
    assert.equal(columnAt(window, (edges[at] + edges[at + 1]) / 2), at);
  assert.equal(columnAt(window, -9), 0);
  assert.equal(columnAt(window, 9999), 511);
});

test("columns stay equal where they are wide enough, or where all are special", () => {
  assert.deepEqual(columnEdges([true, false, false], 10), [0, 10, 20, 30]);
  assert.deepEqual(columnEdges([true, true, true], 2), [0, 2, 4, 6]);
});

test("every column has a pixel, and a special one has its own", () => {
  const { edges } = wholeMap(space);
  const { start, end } = pixelSpans(edges, 420, 0);
  const seen = new Set();
  for (let p = 0; p < 420; p++) for (let at = start[p]; at < end[p]; at++) seen.add(at);
  assert.equal(seen.size, 512);
  assert.deepEqual([...start.slice(0, 4)], [0, 0, 0, 1]);
  assert.deepEqual([...end.slice(0, 3)], [1, 1, 1]);
});
