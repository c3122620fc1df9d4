import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { createViewState } from "../shared/view_state.js";
import { CARRYING, FIELDS } from "../views/attention/state.js";

/** @param {Record<string, unknown>} values */
function fakeModel(values) {
  /** @type {Map<string, Set<() => void>>} */
  const listeners = new Map();
  let saved = 0;
  return {
    get: (/** @type {string} */ name) => values[name],
    set(/** @type {string} */ name, /** @type {unknown} */ value) {
      if (values[name] === value) return;
      values[name] = value;
      for (const listener of listeners.get(name) ?? []) listener();
    },
    on(/** @type {string} */ event, /** @type {() => void} */ listener) {
      const name = event.replace("change:", "");
      listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    },
    off(/** @type {string} */ event, /** @type {() => void} */ listener) {
      listeners.get(event.replace("change:", ""))?.delete(listener);
    },
    save_changes: () => {
      saved += 1;
    },
    saves: () => saved,
    listening: () => [...listeners.values()].reduce((sum, one) => sum + one.size, 0),
  };
}

/**
 * @param {any} model
 * @returns {import("../views/attention/types.js").State}
 */
const makeState = (model) => createViewState(model, FIELDS, CARRYING);

/** @param {Record<string, unknown>} [more] */
function make(more = {}) {
  const model = fakeModel({ layer: 0, heads: [0, 1], selected_tokens: [], threshold: 0, ...more });
  return { model, state: makeState(model) };
}

test("what the reader does shows at once and reaches Python once", async () => {
  const { model, state } = make();
  /** @type {string[]} */
  const heard = [];
  state.on((changed) => heard.push(...changed));
  for (const threshold of [0.1, 0.2, 0.3]) state.set({ threshold });
  assert.equal(state.get("threshold"), 0.3);
  assert.equal(model.get("threshold"), 0);
  assert.deepEqual(heard, ["threshold", "threshold", "threshold"]);
  await wait(120);
  assert.equal(model.get("threshold"), 0.3);
  assert.equal(model.saves(), 1);
});

test("what Python says is shown, but does not undo what the reader did since", () => {
  const { model, state } = make();
  model.set("layer", 3);
  assert.equal(state.get("layer"), 3);
  state.set({ layer: 4 });
  model.set("layer", 2);
  assert.equal(state.get("layer"), 4);
  state.destroy();
});

test("a preview is seen and never sent", async () => {
  const { model, state } = make();
  state.preview({ heads: [1] });
  assert.deepEqual(state.get("heads"), [1]);
  state.preview(null);
  assert.deepEqual(state.get("heads"), [0, 1]);
  await wait(120);
  assert.equal(model.saves(), 0);
  state.destroy();
});

test("units go to Python before the selection that is counted in them", async () => {
  const { model, state } = make({ units: "tokens" });
  /** @type {string[]} */
  const order = [];
  const { set, save_changes: save } = model;
  model.set = (name, value) => {
    order.push(name);
    set(name, value);
  };
  model.save_changes = () => {
    order.push("saved");
    save();
  };
  state.set({ selected_tokens: [2], units: "words" });
  await wait(120);
  assert.deepEqual(order, ["units", "saved", "selected_tokens", "saved"]);
  state.destroy();
});

test("leaving sends what is unsent and listens no more", () => {
  const { model, state } = make();
  state.set({ layer: 5 });
  state.destroy();
  assert.equal(model.get("layer"), 5);
  assert.equal(model.listening(), 0);
});
