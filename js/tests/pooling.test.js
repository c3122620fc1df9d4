import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { maxOver, maxPool, poolEdges, spread } from "../shared/pooling.js";

const sizes = fc.integer({ min: 1, max: 200 });
const code = fc.integer({ min: 0, max: 255 });

test("a special token at either end has a cell of its own", () => {
  const special = Array.from({ length: 10 }, (_, i) => i === 0 || i === 9);
  assert.deepEqual(poolEdges(10, 5, special), [0, 1, 3, 6, 9, 10]);
  assert.deepEqual(poolEdges(10, 5, Array(10).fill(false)), [0, 2, 4, 6, 8, 10]);
});

test("edges cover every position once, whatever is special", () => {
  fc.assert(
    fc.property(
      sizes,
      fc.integer({ min: 1, max: 64 }),
      fc.boolean(),
      fc.boolean(),
      (n, cells, a, b) => {
        const special = Array.from({ length: n }, (_, i) => (i === 0 && a) || (i === n - 1 && b));
        const edges = poolEdges(n, cells, special);
        assert.equal(edges.length, Math.min(n, cells) + 1);
        assert.equal(edges[0], 0);
        assert.equal(edges.at(-1), n);
        for (let i = 1; i < edges.length; i++) assert.ok(edges[i] > edges[i - 1]);
      },
    ),
  );
});

test("a pooled cell holds the largest present weight and is missing only when all are", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(code, { minLength: 144, maxLength: 144 }),
      fc.integer({ min: 1, max: 12 }),
      (rows, columns, values, cells) => {
        const codes = Uint8Array.from(values.slice(0, rows * columns));
        const rowEdges = poolEdges(rows, cells, []);
        const columnEdges = poolEdges(columns, cells, []);
        const pooled = maxPool(codes, columns, rowEdges, columnEdges);
        const width = columnEdges.length - 1;
        for (let y = 0; y + 1 < rowEdges.length; y++) {
          for (let x = 0; x < width; x++) {
            const present = [];
            for (let i = rowEdges[y]; i < rowEdges[y + 1]; i++) {
              for (let j = columnEdges[x]; j < columnEdges[x + 1]; j++) {
                if (codes[i * columns + j] !== 255) present.push(codes[i * columns + j]);
              }
            }
            assert.equal(pooled[y * width + x], present.length ? Math.max(...present) : 255);
          }
        }
      },
    ),
  );
});

test("spreading over pixels loses no position and keeps special columns wide", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 12, max: 300 }), (n, pixels) => {
      const { start, end } = spread(n, pixels);
      const seen = new Set();
      for (let p = 0; p < pixels; p++) for (let i = start[p]; i < end[p]; i++) seen.add(i);
      assert.equal(seen.size, n);
    }),
  );
  const { start } = spread(500, 50, 3, 3);
  assert.deepEqual([...start.slice(0, 4)], [0, 0, 0, 1]);
  assert.deepEqual([...start.slice(-3)], [499, 499, 499]);
});

test("a lone link and a special column both survive 512 tokens in 28 pixels", () => {
  const n = 512;
  const codes = new Uint8Array(n * n);
  for (let i = 0; i < n; i++) codes[i * n + n - 1] = 200;
  codes[300 * n + 100] = 127;
  const pixels = maxOver(codes, n, spread(n, 28), spread(n, 28, 2, 2));
  assert.ok(pixels.includes(127));
  for (let y = 0; y < 28; y++) assert.equal(pixels[y * 28 + 26], 200);
});
