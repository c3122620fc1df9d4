import assert from "node:assert/strict";
import { mock, test } from "node:test";
import fc from "fast-check";
import { createStoredModel } from "../shared/stored_model.js";
import { createViewState } from "../shared/view_state.js";
import { CARRYING, FIELDS } from "../views/attention/state.js";
import { createKernel } from "./kernel.js";

/** @typedef {ReturnType<typeof createKernel>} Kernel */

const FIRST = {
  ...{
    mode: "heads",
    layer: 0,
    heads: [0, 1, 2],
    side: "from",
    selected_tokens: [],
    pair: [],
    statistic: "",
    quantity: "weight",
  },
  ...{ combine: "mean", threshold: 0, units: "tokens", hide_special: false, segments: "all" },
  ...{ attention_kind: "encoder", theme: "auto", height: 484, off: [] },
};
const MOST_LAYERS = 4;

const some = fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1 });
const write = fc.record(
  {
    mode: fc.constantFrom("heads", "overview", "matrix"),
    // One is more than Python allows.
    layer: fc.integer({ min: 0, max: MOST_LAYERS }),
    heads: some,
    selected_tokens: fc.uniqueArray(fc.integer({ min: 0, max: 3 })),
    threshold: fc.constantFrom(0, 0.1),
    units: fc.constantFrom("tokens", "words"),
  },
  { requiredKeys: [] },
);
const allowed = write.map(({ layer, ...rest }) =>
  layer === undefined || layer === MOST_LAYERS ? rest : { ...rest, layer },
);
/** One hand does something, Python does, time passes, or a message arrives. */
const step = fc.oneof(
  fc.tuple(fc.constant("hand"), fc.integer({ min: 0, max: 1 }), write),
  fc.tuple(fc.constant("hover"), fc.integer({ min: 0, max: 1 }), some),
  fc.tuple(fc.constant("python"), fc.constant(0), allowed),
  fc.tuple(
    fc.constantFrom("wait", "hear", "tell"),
    fc.integer({ min: 1, max: 80 }),
    fc.constant({}),
  ),
);

/**
 * @param {(kernel: Kernel) => any[]} models Of the views that the page has.
 * @param {boolean} echoes
 * @param {[string, number, any][]} steps
 */
function play(models, echoes, steps) {
  const kernel = createKernel(FIRST, {
    allows: (name, value) => name !== "layer" || value < MOST_LAYERS,
    carries: (name, { units }) => (name === "units" ? { selected_tokens: [units.length] } : {}),
    echoes,
  });
  const states = models(kernel).map((model) => createViewState(model, FIELDS, CARRYING));
  const pictures = states.map((state) => {
    /** @type {Record<string, unknown>} */
    const drawn = Object.fromEntries(FIELDS.map((field) => [field, state.get(field)]));
    state.on((changed) => {
      for (const field of changed) drawn[field] = state.get(field);
    });
    return drawn;
  });
  for (const [who, number, what] of steps) {
    const state = states[number % states.length];
    if (who === "hand") state.set(what);
    else if (who === "hover") state.preview({ heads: what });
    else if (who === "python") kernel.write(what);
    else if (who === "wait") mock.timers.tick(number);
    else if (who === "hear") kernel.hear();
    else kernel.tell();
  }
  mock.timers.tick(100);
  for (let left = 1000; !kernel.isQuiet() && left; left--) {
    kernel.hear();
    kernel.tell();
    mock.timers.tick(100);
  }
  assert.ok(kernel.isQuiet());
  // A hand that rests on a head's number has only looked: what Python writes then is shown.
  kernel.write({ heads: [...kernel.python.heads, 3] });
  kernel.tell();
  for (const drawn of pictures) assert.deepEqual(drawn, kernel.python);
  for (const state of states) state.destroy();
}

/** @param {Kernel} kernel */
function stored(kernel) {
  const model = createStoredModel({ ...FIRST }, FIELDS);
  model.join(kernel.page, [], () => true);
  return model;
}

/** @type {Record<string, (kernel: Kernel) => any[]>} */
const PAGES = {
  "of a widget": (kernel) => [kernel.page],
  "of an output": (kernel) => [stored(kernel)],
  "of two outputs": (kernel) => [stored(kernel), stored(kernel)],
};

for (const [name, models] of Object.entries(PAGES)) {
  test(`whatever hands and Python do, the picture ${name} is drawn from what Python has`, () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, echoes) =>
          play(models, echoes, /** @type {any} */ (steps)),
        ),
        { numRuns: 400 },
      );
    } finally {
      mock.timers.reset();
    }
  });

  test(`what Python writes at once, the picture ${name} shows at once`, () => {
    const kernel = createKernel(FIRST);
    const [state] = models(kernel).map((model) => createViewState(model, FIELDS, CARRYING));
    /** @type {any[]} */
    const drawn = [];
    state.on(() =>
      drawn.push([state.get("attention_kind"), state.get("layer"), state.get("heads")]),
    );
    kernel.write({ attention_kind: "cross", layer: 3, heads: [1] });
    kernel.tell();
    assert.deepEqual(drawn, [["cross", 3, [1]]]);
    state.destroy();
  });
}
