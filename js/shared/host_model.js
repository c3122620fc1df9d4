/**
 * The one place that talks to a host's model of a widget. A static host throws on `save_changes`, `off` or
 * `send`, another lacks them: the view goes on.
 *
 * @typedef {(...details: any[]) => void} Listener
 * @typedef {object} HostModel What a host gives: Jupyter's model, anywidget's, or less.
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, listener: Listener) => void} on
 * @property {(event: string, listener: Listener) => void} off
 */

/**
 * @param {HostModel} model
 * @returns {HostModel} The same, and none of its methods throws.
 */
export function guardedModel(model) {
  return {
    get: (name) => guarded(() => model.get(name)),
    set: (name, value) => guarded(() => model.set(name, value)),
    save_changes: () => guarded(() => model.save_changes()),
    on: (event, listener) => guarded(() => model.on(event, listener)),
    off: (event, listener) => guarded(() => model.off(event, listener)),
  };
}

/**
 * @template Result
 * @param {() => Result} act
 * @returns {Result | undefined}
 */
export function guarded(act) {
  try {
    return act();
  } catch (error) {
    console.warn("bertviz_plus: the notebook's model of a view failed; the view goes on", error);
    return undefined;
  }
}
