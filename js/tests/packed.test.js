import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { pack, unpack } from "../shared/packed.js";

const bytes = fc.uint8Array({ maxLength: 40 });
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    bytes,
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 5 }).filter((key) => key !== "__proto__"),
      tie("any"),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).any;

/**
 * @param {any} one
 * @returns {any} Bytes as lists of numbers.
 */
function plain(one) {
  if (ArrayBuffer.isView(one))
    return { bytes: [...new Uint8Array(one.buffer, one.byteOffset, one.byteLength)] };
  if (Array.isArray(one)) return one.map(plain);
  if (one === null || typeof one !== "object") return one;
  return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, plain(inner)]));
}

/** @param {string} text */
const deflated = (text) => gzipSync(Buffer.from(text, "base64")).toString("base64");

test("what is packed is unpacked, deflated or not", () =>
  fc.assert(
    fc.asyncProperty(value, async (inner) => {
      const one = { inner };
      const text = pack(one);
      assert.match(text, /^[\w+/]*=*$/);
      assert.deepEqual(plain(await unpack(text)), plain(one));
      assert.deepEqual(plain(await unpack(deflated(text))), plain(one));
    }),
    { numRuns: 200 },
  ));

test("what is cut off or changed is refused, wherever, if it would be read as something else", () => {
  const packed = { layer: 3, codes: new Uint8Array(300).fill(7) };
  const text = deflated(pack(packed));
  return fc.assert(
    fc.asyncProperty(fc.nat(text.length - 5), fc.boolean(), async (place, cut) => {
      // The header's flags, time and system say nothing of the data.
      fc.pre(cut || place > 13);
      const letter = text[place] === "A" ? "B" : "A";
      const damaged = text.slice(0, place) + (cut ? "" : letter + text.slice(place + 1));
      // The last bits before a deflated stream's end may be anything.
      const read = await unpack(damaged).catch(() => null);
      if (read) assert.deepEqual(plain(read), plain(packed));
      if (cut) assert.equal(read, null);
    }),
    { numRuns: 200 },
  );
});
