/**
 * As much of a widget's model as a view needs, made from what an output has stored. Where Python has a
 * model of the same view, the two are joined; whatever the host's model throws, the view lives on.
 *
 * @typedef {object} HostModel What a host gives: Jupyter's, anywidget's, or less.
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, listener: (...details: any[]) => void) => void} on
 * @property {(event: string, listener: (...details: any[]) => void) => void} off
 *
 * @typedef {Record<string, any>} State
 */

/**
 * @param {State} state
 * @param {string[]} upward The traits that a reader may change; the others come from Python alone.
 */
export function createStoredModel(state, upward) {
  /** @type {Map<string, Set<(...details: any[]) => void>>} */
  const listeners = new Map();
  /** @type {Set<string>} */
  const unsent = new Set();
  /** @type {HostModel | null} */
  let host = null;
  let isHeard = () => true;
  /** @type {(() => void)[]} */
  let heard = [];

  /**
   * @param {string} name
   * @param {unknown} value
   */
  function put(name, value) {
    if (state[name] === value) return;
    state[name] = value;
    for (const event of [`change:${name}`, "change"])
      for (const listener of [...(listeners.get(event) ?? [])])
        guarded(() => listener(model, value));
  }

  /**
   * What a model says is taken where it is of the kind that is known.
   *
   * @param {string} name
   */
  function take(name) {
    guarded(() => {
      const value = host?.get(name);
      if (kindOf(value) === kindOf(state[name])) put(name, value);
    });
  }

  const model = {
    get: (/** @type {string} */ name) => state[name],
    /**
     * @param {string} name
     * @param {unknown} value
     */
    set(name, value) {
      if (upward.includes(name)) unsent.add(name);
      put(name, value);
    },
    save_changes() {
      const names = [...unsent];
      unsent.clear();
      if (!host || !names.length) return;
      const to = host;
      guarded(() => {
        for (const name of names) to.set(name, state[name]);
        if (isHeard()) to.save_changes();
      });
    },
    send() {},
    /**
     * @param {string} names
     * @param {(...details: any[]) => void} listener
     */
    on(names, listener) {
      for (const name of names.split(/\s+/))
        listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    },
    /**
     * @param {string} [names]
     * @param {(...details: any[]) => void} [listener]
     */
    off(names, listener) {
      if (!names) return listeners.clear();
      for (const name of names.split(/\s+/)) {
        if (listener) listeners.get(name)?.delete(listener);
        else listeners.delete(name);
      }
    },
    /**
     * From here on the host's model is the truth.
     *
     * @param {HostModel} joined
     * @param {string[]} current The traits whose stored value is the model's own.
     * @param {() => boolean} hasKernel
     */
    join(joined, current, hasKernel) {
      model.leave();
      host = joined;
      isHeard = hasKernel;
      for (const name of Object.keys(state)) {
        const listener = () => take(name);
        guarded(() => joined.on(`change:${name}`, listener));
        heard.push(() => guarded(() => joined.off(`change:${name}`, listener)));
        if (!current.includes(name)) take(name);
      }
    },
    leave() {
      for (const off of heard) off();
      heard = [];
      host = null;
    },
    isJoined: () => host !== null,
  };
  return model;
}

/** @param {unknown} value */
export function kindOf(value) {
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}

/** @param {() => void} act */
function guarded(act) {
  try {
    act();
  } catch (error) {
    console.warn(
      "bertviz_plus: the notebook's model of a view failed; the view goes on alone",
      error,
    );
  }
}
