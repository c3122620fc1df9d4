import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createStoredModel } from "../shared/stored_model.js";

/**
 * @param {Record<string, unknown>} values
 * @param {Record<string, unknown>} [overriding] Methods that do something else.
 */
function hostModel(values, overriding = {}) {
  /** @type {Map<string, Set<() => void>>} */
  const listeners = new Map();
  return {
    values,
    saved: 0,
    get: (/** @type {string} */ name) => values[name],
    set(/** @type {string} */ name, /** @type {unknown} */ value) {
      if (values[name] === value) return;
      values[name] = value;
      for (const listener of [...(listeners.get(`change:${name}`) ?? [])]) listener();
    },
    save_changes() {
      this.saved += 1;
    },
    on(/** @type {string} */ event, /** @type {() => void} */ listener) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
    },
    off(/** @type {string} */ event, /** @type {() => void} */ listener) {
      listeners.get(event)?.delete(listener);
    },
    listening: () => [...listeners.values()].reduce((sum, one) => sum + one.size, 0),
    ...overriding,
  };
}

const stored = () =>
  createStoredModel({ layer: 1, heads: [0], data: { a: 1 } }, ["layer", "heads"]);
const always = () => true;

test("without a host's model a view lives on its own state", () => {
  const model = stored();
  const heard = mock.fn();
  model.on("change:layer", heard);
  model.set("layer", 2);
  model.save_changes();
  assert.equal(model.get("layer"), 2);
  assert.equal(heard.mock.callCount(), 1);
});

test("a joined model is the truth, and hears what a reader does", () => {
  const model = stored();
  const host = hostModel({ layer: 4, heads: [1], data: { a: 1 } });
  const heard = mock.fn();
  model.on("change:layer", heard);
  model.join(host, ["data"], always);
  assert.equal(model.get("layer"), 4);
  assert.equal(heard.mock.callCount(), 1);
  assert.notEqual(model.get("data"), host.get("data"));
  host.set("layer", 5);
  assert.equal(model.get("layer"), 5);
  model.set("heads", [2]);
  model.save_changes();
  assert.deepEqual(host.values.heads, [2]);
  assert.equal(host.saved, 1);
});

test("two views of one model are one state", () => {
  const [first, second] = [stored(), stored()];
  const host = hostModel({ layer: 1, heads: [0], data: { a: 1 } });
  for (const model of [first, second]) model.join(host, [], always);
  first.set("layer", 3);
  first.save_changes();
  assert.equal(second.get("layer"), 3);
});

test("what a reader does not set is never written to Python", () => {
  const model = stored();
  const host = hostModel({ layer: 1, heads: [0], data: { a: 1 } });
  model.join(host, [], always);
  model.set("data", { a: 2 });
  model.save_changes();
  assert.deepEqual(host.values.data, { a: 1 });
  assert.equal(host.saved, 0);
});

test("values of another kind are not taken", () => {
  const model = stored();
  model.join(hostModel({ layer: "1", heads: { 0: 1 }, data: null }), [], always);
  assert.deepEqual([model.get("layer"), model.get("heads"), model.get("data")], [1, [0], { a: 1 }]);
});

test("a host that throws does not break the view", () => {
  mock.method(console, "warn", () => {});
  for (const method of ["get", "set", "save_changes", "on", "off"]) {
    const model = stored();
    const fails = () => {
      throw new Error("static host");
    };
    model.join(hostModel({ layer: 1, heads: [0], data: {} }, { [method]: fails }), [], always);
    model.set("layer", 2);
    model.save_changes();
    model.leave();
    assert.equal(model.get("layer"), 2, method);
  }
  mock.restoreAll();
});

test("a listener that throws keeps nobody else from hearing", () => {
  mock.method(console, "warn", () => {});
  const model = stored();
  const heard = mock.fn();
  model.on("change:layer", () => {
    throw new Error("broken");
  });
  model.on("change:layer", heard);
  model.set("layer", 2);
  assert.equal(heard.mock.callCount(), 1);
  mock.restoreAll();
});

test("with no kernel nothing is sent, and other views of the page still hear", () => {
  const [first, second] = [stored(), stored()];
  const host = hostModel({ layer: 1, heads: [0], data: { a: 1 } });
  for (const model of [first, second]) model.join(host, [], () => false);
  first.set("layer", 3);
  first.save_changes();
  assert.equal(host.saved, 0);
  assert.equal(second.get("layer"), 3);
});

test("who leaves is heard of no more", () => {
  const model = stored();
  const host = hostModel({ layer: 1, heads: [0], data: { a: 1 } });
  model.join(host, [], always);
  assert.equal(host.listening(), 3);
  model.leave();
  assert.equal(host.listening(), 0);
  host.set("layer", 9);
  assert.equal(model.get("layer"), 1);
});
