import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { maxOver, spread } from "../shared/pooling.js";

const sizes = fc.integer({ min: 1, max: 200 });
const code = fc.integer({ min: 0, max: 255 });

test("a pooled cell holds the largest present weight and is missing only when all are", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(code, { minLength: 144, maxLength: 144 }),
      fc.integer({ min: 1, max: 12 }),
      (rows, columns, values, cells) => {
        const codes = Uint8Array.from(values.slice(0, rows * columns));
        const [down, across] = [spread(rows, cells), spread(columns, cells)];
        const pooled = maxOver(codes, columns, down, across);
        for (let y = 0; y < cells; y++) {
          for (let x = 0; x < cells; x++) {
            const present = [];
            for (let i = down.start[y]; i < down.end[y]; i++) {
              for (let j = across.start[x]; j < across.end[x]; j++) {
                if (codes[i * columns + j] !== 255) present.push(codes[i * columns + j]);
              }
            }
            assert.equal(pooled[y * cells + x], present.length ? Math.max(...present) : 255);
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
