import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { bytesOf, halfToNumber, readBytes, toValues } from "../shared/tensor.js";

/** @typedef {import("../shared/tensor.js").Tensor} Tensor */

const codes = fc.uint8Array({ minLength: 1, maxLength: 400 });

/**
 * @param {Uint8Array} bytes
 * @param {Partial<Tensor>} [more]
 * @returns {Tensor}
 */
function tensor(bytes, more = {}) {
  const buffer = new Uint8Array(bytes);
  return { buffer, codec: "raw", dtype: "uint8", shape: [bytes.length], ...more };
}

test("a host may hand over a DataView, bytes or a buffer, each at any offset", () => {
  fc.assert(
    fc.property(codes, fc.nat(9), (bytes, offset) => {
      const whole = new Uint8Array(offset + bytes.length + 3);
      whole.set(bytes, offset);
      const view = new DataView(whole.buffer, offset, bytes.length);
      const part = new Uint8Array(whole.buffer, offset, bytes.length);
      for (const buffer of [view, part, part.slice().buffer])
        assert.deepEqual([...bytesOf(buffer)], [...bytes]);
    }),
  );
});

test("what was deflated comes back", async () => {
  await fc.assert(
    fc.asyncProperty(codes, async (bytes) => {
      const packed = tensor(bytes, {
        buffer: new Uint8Array(deflateSync(bytes)),
        codec: "zlib",
      });
      assert.deepEqual([...(await readBytes(packed))], [...bytes]);
    }),
  );
});

test("a tensor that is cut short is refused, naming what was expected", () => {
  assert.throws(() => readBytes(tensor(new Uint8Array(3), { shape: [2, 2] })), /4 bytes.*got 3/);
});

test("an eight-bit weight is off by half a step at most, and missing stays missing", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (weight) => {
      const about = tensor(Uint8Array.of(Math.round(weight * 254), 255), {
        scale: 1 / 254,
        missing: 255,
      });
      const [read, missing] = toValues(about, Uint8Array.of(Math.round(weight * 254), 255));
      assert.ok(Math.abs(read - weight) <= 0.5 / 254 + 1e-7);
      assert.ok(Number.isNaN(missing));
    }),
  );
});

test("floats are read where a message does not align them", () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1, maxLength: 40, noNaN: true }), (values) => {
      const bytes = new Uint8Array(values.byteLength + 1);
      bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 1);
      const read = toValues(
        tensor(bytes, { dtype: "float32", shape: [values.length] }),
        bytes.subarray(1),
      );
      assert.deepEqual([...read].map(String), [...values].map(String));
    }),
  );
});

test("half precision is read as IEEE 754 has it", () => {
  const known = {
    0: 0,
    15360: 1,
    49152: -2,
    31743: 65504,
    1: 2 ** -24,
    1024: 2 ** -14,
    13653: 0.333251953125,
  };
  for (const [half, value] of Object.entries(known)) assert.equal(halfToNumber(+half), value);
  assert.equal(halfToNumber(0x7c00), Number.POSITIVE_INFINITY);
  assert.equal(halfToNumber(0xfc00), Number.NEGATIVE_INFINITY);
  assert.ok(Number.isNaN(halfToNumber(0x7e00)));
});
