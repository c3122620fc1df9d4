/**
 * The models that Python has on this page, and the views that outputs have drawn.
 *
 * Each output brings its own copy of this code, so they meet on one object of the page. Its
 * shape is
 * fixed by the number in its name.
 *
 * @typedef {import("./notebook.js").Notebook} Notebook
 * @typedef {import("./host_model.js").HostModel} HostModel
 *
 * @typedef {object} Announced A model that Python has here.
 * @property {string} id
 * @property {HostModel} model
 * @property {Notebook | null} notebook The one that the model belongs to, where the host says so.
 * @property {(place: HTMLElement) => void} draw Draws into an output that stored a picture alone.
 *
 * @typedef {object} Drawn A view in an output.
 * @property {string} id
 * @property {HTMLElement} place
 * @property {Announced | null} joined
 * @property {(place: HTMLElement) => void} moveTo
 * @property {() => () => void} hold Returns a function that restores, after a move, scroll
 *   positions and focus.
 * @property {(announced: Announced) => void} join
 * @property {(closed: boolean) => void} part The model has gone; Python closed it, or its kernel
 *   ended.
 * @property {(html: string) => string | null} stored The output as a save should have it; null
 *   where it
 *   has it already.
 * @property {() => void} remove Frees what the view holds.
 *
 * @typedef {object} PageOfViews
 * @property {Set<Announced>} models
 * @property {Set<Drawn>} drawn
 * @property {WeakMap<HTMLElement, Notebook>} homes The notebook that an output was seen in.
 * @property {((place: HTMLElement) => boolean) | null} redrawing Set while a host draws outputs
 *   again.
 */

const NAME = Symbol.for("bertviz_plus: the views of this page, 1");

/** What the script of an output finds a view's drawing code by. */
export const CODE = Symbol.for("bertviz_plus: draw");

/** @returns {PageOfViews} */
export function pageOfViews() {
  const holder = /** @type {{ [NAME]?: PageOfViews }} */ (globalThis);
  holder[NAME] ??= { models: new Set(), drawn: new Set(), homes: new WeakMap(), redrawing: null };
  return holder[NAME];
}
