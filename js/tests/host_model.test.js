/** Hosts differ: one throws, one lacks methods, one hands over other buffers. A view draws all the same. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { deflateSync } from "node:zlib";
import { createCache, decodeAll } from "../shared/cache.js";
import { guardedModel } from "../shared/host_model.js";
import { toValues } from "../shared/tensor.js";
import { createViewState } from "../shared/view_state.js";

/** @typedef {import("../shared/host_model.js").Listener} Listener */

/**
 * As Jupyter's model does it: `change:name` as a value is set, both ways.
 *
 * @param {Record<string, any>} values
 * @param {Record<string, any>} [overriding] Methods that do something else, or are not there.
 */
function jupyter(values, overriding = {}) {
  /** @type {Map<string, Set<Listener>>} */
  const listeners = new Map();
  return /** @type {any} */ ({
    get: (/** @type {string} */ name) => values[name],
    set(/** @type {string} */ name, /** @type {unknown} */ value) {
      values[name] = value;
      for (const listener of listeners.get(`change:${name}`) ?? []) listener();
    },
    save_changes: mock.fn(),
    on: (/** @type {string} */ event, /** @type {Listener} */ listener) =>
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)),
    off: (/** @type {string} */ event, /** @type {Listener} */ listener) =>
      listeners.get(event)?.delete(listener),
    listening: () => [...listeners.values()].reduce((sum, one) => sum + one.size, 0),
    ...overriding,
  });
}

const fails = () => {
  throw new Error("static host");
};
const METHODS = ["get", "set", "save_changes", "on", "off"];

for (const [what, broken] of /** @type {[string, any][]} */ ([
  ["throws on", fails],
  ["lacks", undefined],
]))
  for (const method of METHODS)
    test(`a host that ${what} ${method} does not break a view's state`, async () => {
      mock.method(console, "warn", () => {});
      const host = jupyter({ layer: 1 }, { [method]: broken });
      /** @type {import("../shared/view_state.js").ViewState<{ layer: number }>} */
      const state = createViewState(guardedModel(host), /** @type {any} */ (["layer"]));
      const heard = mock.fn();
      state.on(heard);
      state.set({ layer: 2 });
      await wait(90);
      state.destroy();
      assert.equal(state.get("layer"), 2);
      assert.equal(heard.mock.callCount(), 1);
      mock.restoreAll();
    });

for (const method of METHODS)
  test(`a host that throws on ${method} does not break a view's cache`, async () => {
    mock.method(console, "warn", () => {});
    const host = jupyter({ detail: {} }, { [method]: fails });
    const cache = createCache(guardedModel(host), { read: async () => ({}), arrived() {} });
    cache.put({ here: 1 });
    await cache.heard;
    cache.destroy();
    assert.equal(cache.get("here"), 1);
    mock.restoreAll();
  });

const NUMBERS = Float32Array.of(1, 2, 3);
const BYTES = deflateSync(new Uint8Array(NUMBERS.buffer));
/** @type {Record<string, () => import("../shared/tensor.js").Bytes>} */
const BUFFERS = {
  "Jupyter's DataView": () => new DataView(BYTES.buffer, BYTES.byteOffset, BYTES.byteLength),
  "Colab's Uint8Array": () => new Uint8Array(BYTES),
  "marimo's DataView into a longer message": () => {
    const message = new Uint8Array(BYTES.length + 5);
    message.set(BYTES, 3);
    return new DataView(message.buffer, 3, BYTES.length);
  },
  "an ArrayBuffer": () => new Uint8Array(BYTES).buffer,
};

for (const [name, buffer] of Object.entries(BUFFERS))
  test(`an answer is read from ${name}`, async () => {
    const host = jupyter({ detail: {} });
    const cache = createCache(guardedModel(host), {
      read: ({ layer, points }) => decodeAll({ [`points ${layer}`]: points }, toValues),
      arrived() {},
    });
    const coming = cache.wait(() => cache.get("points 4"));
    const points = { buffer: buffer(), codec: "zlib", dtype: "float32", shape: [3] };
    host.set("detail", { layer: 4, points });
    assert.deepEqual([...(await coming)], [...NUMBERS]);
    cache.destroy();
    assert.equal(host.listening(), 0);
  });

test("a cache keeps the last answers, and what came with the view", async () => {
  const host = jupyter({ detail: {} });
  const arrived = mock.fn();
  const read = async (/** @type {any} */ { layer }) =>
    layer === undefined ? {} : { [`a ${layer}`]: layer, [`b ${layer}`]: -layer };
  const cache = createCache(guardedModel(host), { read, arrived, kept: 2 });
  cache.put({ own: 9 });
  for (const layer of [1, 2, 1, 3]) {
    host.set("detail", { layer });
    await wait(0);
  }
  const names = ["own", "a 1", "b 1", "a 2", "b 2", "a 3"];
  assert.deepEqual(names.map(cache.get), [9, 1, -1, null, null, 3]);
  assert.equal(arrived.mock.callCount(), 4);
  cache.destroy();
});

test("a content is read once however often it is asked for; one that cannot be read is null", async () => {
  mock.method(console, "error", () => {});
  const cache = createCache(guardedModel(jupyter({})), { read: async () => ({}), arrived() {} });
  const decode = mock.fn(async () => 5);
  assert.deepEqual(await Promise.all([cache.load("a", decode), cache.load("a", decode)]), [5, 5]);
  assert.equal(await cache.load("a", decode), 5);
  assert.equal(decode.mock.callCount(), 1);
  assert.equal(await cache.load("b", fails), null);
  mock.restoreAll();
});
