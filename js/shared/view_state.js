/**
 * A view's traits, as the front end sees them.
 *
 * @template {object} Values
 * @typedef {object} ViewState
 * @property {<K extends keyof Values>(name: K) => Values[K]} get
 * @property {(wanted: Partial<Values>) => void} set Changes what is shown at once, tells Python
 *   soon after.
 * @property {(wanted: Partial<Values> | null) => void} preview Shown and never sent; null ends it.
 * @property {(listener: (changed: Set<keyof Values>) => void) => () => void} on Returns a
 *   function that removes it.
 * @property {() => void} destroy
 */

/** @typedef {import("./host_model.js").HostModel} Model */

/**
 * A change is sent at once; those that follow it, after so many ms without another: a click does not
 * wait, and a dragged slider does not send each step.
 */
const WRITE_AFTER = 60;

/**
 * Shows changes at once and tells Python once they settle.
 *
 * @template {object} Values
 * @param {Model} model
 * @param {(keyof Values & string)[]} fields
 * @param {(keyof Values & string)[]} [carrying] Sent first: Python changes others with them.
 * @returns {ViewState<Values>}
 */
export function createViewState(model, fields, carrying = []) {
  const values = /** @type {Values} */ (
    Object.fromEntries(fields.map((field) => [field, model.get(field)]))
  );
  /** @type {Partial<Values>} */
  let previewed = {};
  /** @type {Set<keyof Values & string>} */
  const unsent = new Set();
  /** @type {Set<(changed: Set<keyof Values>) => void>} */
  const listeners = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;

  /** @param {Values} before @param {Values} after */
  function differing(before, after) {
    return new Set(
      fields.filter(
        (field) =>
          typeof before[field] !== typeof after[field] ||
          written(before[field]) !== written(after[field]),
      ),
    );
  }

  /** @param {Partial<Values>} wanted */
  function assign(wanted) {
    const changed = differing(values, { ...values, ...wanted });
    Object.assign(values, wanted);
    // What is written is shown, whoever writes it.
    for (const field of changed) delete previewed[field];
    return changed;
  }

  /** @param {Set<keyof Values>} changed */
  function tell(changed) {
    if (changed.size) for (const listener of [...listeners]) listener(changed);
  }

  function send() {
    clearTimeout(timer);
    const first = carrying.filter((field) => unsent.has(field));
    const then = fields.filter((field) => unsent.has(field) && !carrying.includes(field));
    for (const sent of [first, then]) {
      for (const field of sent) {
        model.set(field, values[field]);
        unsent.delete(field);
      }
      if (sent.length) model.save_changes();
    }
  }

  /** A host sets all that one message brings before it tells of each: so they are drawn together. */
  function hear() {
    /** @type {Partial<Values>} */
    const told = {};
    for (const field of fields) {
      const value = model.get(field);
      // A host that fails says nothing; what the reader did since is newer than what comes back.
      if (value !== undefined && !unsent.has(field)) told[field] = value;
    }
    tell(assign(told));
  }
  for (const field of fields) model.on(`change:${field}`, hear);

  return {
    get: (field) => /** @type {any} */ (previewed[field] ?? values[field]),
    set(wanted) {
      const changed = assign(wanted);
      for (const field of changed) unsent.add(field);
      clearTimeout(timer);
      clearTimeout(resting);
      // What one event changes is sent together: not before it is over.
      timer = setTimeout(send, resting === undefined ? 0 : WRITE_AFTER);
      resting = setTimeout(() => {
        resting = undefined;
      }, WRITE_AFTER);
      tell(changed);
    },
    preview(wanted) {
      const before = { ...values, ...previewed };
      previewed = wanted ?? {};
      tell(differing(before, { ...values, ...previewed }));
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    destroy() {
      send();
      listeners.clear();
      for (const field of fields) model.off(`change:${field}`, hear);
    },
  };
}

/**
 * @param {unknown} value
 * @returns {string} Equal for equal values.
 */
function written(value) {
  return value && Object.getPrototypeOf(value) === Object.prototype
    ? JSON.stringify(value)
    : String(value);
}
