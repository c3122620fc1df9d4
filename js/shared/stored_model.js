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

  /**
   * Sets all before it tells of each.
   *
   * @param {State} values
   */
  function put(values) {
    const changed = Object.keys(values).filter((name) => state[name] !== values[name]);
    for (const name of changed) state[name] = values[name];
    for (const name of changed)
      for (const event of [`change:${name}`, "change"])
        for (const listener of [...(listeners.get(event) ?? [])])
          guarded(() => listener(model, values[name]));
  }

  /**
   * Takes the host's values whose kind is the known one; what is to be sent is newer.
   *
   * @param {string[]} names
   */
  function take(names) {
    const found = names.map((name) => /** @type {const} */ ([name, host?.get(name)]));
    const known = found.filter(
      ([name, value]) => kindOf(value) === kindOf(state[name]) && !unsent.has(name),
    );
    put(Object.fromEntries(known));
  }

  const model = {
    get: (/** @type {string} */ name) => state[name],
    /** @param {string} name @param {unknown} value */
    set(name, value) {
      if (upward.includes(name)) unsent.add(name);
      put({ [name]: value });
    },
    save_changes() {
      const names = [...unsent];
      for (const name of names) {
        host?.set(name, state[name]);
        unsent.delete(name);
      }
      if (host && names.length && isHeard()) host.save_changes();
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
      const names = Object.keys(state);
      for (const name of names) {
        const listener = () => take(upward.includes(name) ? upward : [name]);
        own.on(`change:${name}`, listener);
        heard.push(() => own.off(`change:${name}`, listener));
      }
      take(names.filter((name) => !current.includes(name)));
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
