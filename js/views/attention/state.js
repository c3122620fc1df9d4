/**
 * @typedef {import("./types.js").ViewState} ViewState
 * @typedef {import("./types.js").State} State
 * @typedef {keyof ViewState} Field
 * @typedef {Pick<import("@anywidget/types").AnyModel, "get" | "set" | "on" | "off" | "save_changes">} Model
 */

/** @type {Field[]} */
export const FIELDS = [
  "mode",
  "layer",
  "heads",
  "side",
  "selected_tokens",
  "combine",
  "threshold",
  "units",
  "hide_special",
  "segments",
  "attention_kind",
  "theme",
  "height",
];

/** Fields whose change makes Python change others. */
const CARRYING = ["units", "side", "attention_kind"];

/** A slider that is dragged must not send each of its steps. */
const WRITE_AFTER = 60;

/**
 * What is shown changes at once; Python hears of it when things have settled.
 *
 * @param {Model} model
 * @returns {State & { destroy: () => void }}
 */
export function createState(model) {
  /** @type {ViewState} */
  const values = readAll(model);
  /** @type {Partial<ViewState>} */
  let previewed = {};
  /** @type {Set<Field>} */
  const unsent = new Set();
  /** @type {Set<(changed: Set<Field>) => void>} */
  const listeners = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {Set<Field>} changed */
  function tell(changed) {
    if (changed.size) for (const listener of [...listeners]) listener(changed);
  }

  function send() {
    clearTimeout(timer);
    // Python carries a selection along when units change: what it is to be comes after.
    const first = FIELDS.filter((field) => unsent.has(field) && CARRYING.includes(field));
    const then = FIELDS.filter((field) => unsent.has(field) && !CARRYING.includes(field));
    unsent.clear();
    for (const fields of [first, then]) {
      for (const field of fields) model.set(field, values[field]);
      if (fields.length) model.save_changes();
    }
  }

  /** @param {Partial<ViewState>} wanted */
  function set(wanted) {
    const changed = assign(values, wanted);
    for (const field of changed) unsent.add(field);
    clearTimeout(timer);
    timer = setTimeout(send, WRITE_AFTER);
    tell(changed);
  }

  /** @param {Partial<ViewState> | null} wanted */
  function preview(wanted) {
    const before = { ...values, ...previewed };
    previewed = wanted ?? {};
    tell(differing(before, { ...values, ...previewed }));
  }

  const heard = FIELDS.map((field) => {
    const hear = () => {
      // What the reader did since is newer than what comes back.
      if (!unsent.has(field)) tell(assign(values, { [field]: model.get(field) }));
    };
    model.on(`change:${field}`, hear);
    return () => model.off(`change:${field}`, hear);
  });

  return {
    get: (field) => /** @type {any} */ (previewed[field] ?? values[field]),
    set,
    preview,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    destroy() {
      send();
      listeners.clear();
      for (const off of heard) off();
    },
  };
}

/**
 * @param {Model} model
 * @returns {ViewState}
 */
function readAll(model) {
  return /** @type {any} */ (Object.fromEntries(FIELDS.map((field) => [field, model.get(field)])));
}

/**
 * @param {ViewState} values Changed in place.
 * @param {Partial<ViewState>} wanted
 * @returns {Set<Field>} What is different now.
 */
function assign(values, wanted) {
  const changed = differing(values, { ...values, ...wanted });
  Object.assign(values, wanted);
  return changed;
}

/**
 * @param {ViewState} before
 * @param {ViewState} after
 * @returns {Set<Field>}
 */
function differing(before, after) {
  const same = (/** @type {Field} */ field) =>
    String(before[field]) === String(after[field]) && typeof before[field] === typeof after[field];
  return new Set(FIELDS.filter((field) => !same(field)));
}
