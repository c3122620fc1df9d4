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
 * @property {() => boolean} [isJoined] Whether Python answers; of a model that an output has stored.
 * @property {() => (() => string) | null} [page] Writes the output as a page, where it holds all it needs.
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
    isJoined: () => model.isJoined?.() ?? true,
    page: () => model.page?.() ?? null,
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
