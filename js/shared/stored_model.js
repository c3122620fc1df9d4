/**
 * The part of a widget's model that a view needs, made from a stored output. It joins Python's
 * model of the same view where there is one.
 *
 * @typedef {import("./host_model.js").HostModel} HostModel
 * @typedef {import("./host_model.js").Listener} Listener
 * @typedef {Record<string, any>} State
 */

import { guarded, guardedModel } from "./host_model.js";

/**
 * @param {State} state
 * @param {string[]} upward The traits that a reader may change; the others come from Python alone.
 */
export function createStoredModel(state, upward) {
  /** @type {Map<string, Set<Listener>>} */
  const listeners = new Map();
  /** @type {Set<string>} */
  const unsent = new Set();
  /** @type {HostModel | null} */
  let host = null;
  let isHeard = () => true;
  /** @type {(() => void)[]} */
  let heard = [];

  /** @param {string} name @param {unknown} value */
  function put(name, value) {
    if (state[name] === value) return;
    state[name] = value;
    for (const event of [`change:${name}`, "change"])
      for (const listener of [...(listeners.get(event) ?? [])])
        guarded(() => listener(model, value));
  }

  /**
   * Takes the host's value if its kind is the known one.
   *
   * @param {string} name
   */
  function take(name) {
    const value = host?.get(name);
    if (kindOf(value) === kindOf(state[name])) put(name, value);
  }

  const model = {
    get: (/** @type {string} */ name) => state[name],
    /** @param {string} name @param {unknown} value */
    set(name, value) {
      if (upward.includes(name)) unsent.add(name);
      put(name, value);
    },
    save_changes() {
      const names = [...unsent];
      unsent.clear();
      if (!host || !names.length) return;
      for (const name of names) host.set(name, state[name]);
      if (isHeard()) host.save_changes();
    },
    send() {},
    /** @param {string} names @param {Listener} listener */
    on(names, listener) {
      for (const name of names.split(/\s+/))
        listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    },
    /** @param {string} [names] @param {Listener} [listener] */
    off(names, listener) {
      if (!names) return listeners.clear();
      for (const name of names.split(/\s+/)) {
        if (listener) listeners.get(name)?.delete(listener);
        else listeners.delete(name);
      }
    },
    /**
     * Follows the host's model from now on.
     *
     * @param {HostModel} joined
     * @param {string[]} current The traits whose stored value is the model's own.
     * @param {() => boolean} hasKernel
     */
    join(joined, current, hasKernel) {
      model.leave();
      const own = guardedModel(joined);
      host = own;
      isHeard = () => guarded(hasKernel) ?? true;
      for (const name of Object.keys(state)) {
        const listener = () => take(name);
        own.on(`change:${name}`, listener);
        heard.push(() => own.off(`change:${name}`, listener));
        if (!current.includes(name)) take(name);
      }
    },
    leave() {
      for (const off of heard) off();
      heard = [];
      host = null;
    },
    isJoined: () => host !== null && isHeard(),
  };
  return model;
}

/** @param {unknown} value */
export function kindOf(value) {
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}
