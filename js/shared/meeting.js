/**
 * Joins the views that outputs have drawn with Python's models of them.
 *
 * @typedef {import("./page.js").Announced} Announced
 * @typedef {import("./page.js").Drawn} Drawn
 * @typedef {import("./notebook.js").SaveSlot} SaveSlot
 */

import { hasSeveralNotebooks, isGone, rewriteOutputs } from "./notebook.js";
import { pageOfViews } from "./page.js";

/**
 * Registers a model on this page.
 *
 * @param {Announced} announced
 * @returns {() => void} Removes it.
 */
export function announce(announced) {
  const page = pageOfViews();
  const { model, notebook } = announced;
  let closed = false;
  model.on("destroy", () => {
    closed = true;
  });
  /** @type {SaveSlot} */
  const onSave = (_, state) => {
    if (state === "started") storeStates(announced);
  };
  notebook?.saveState.connect(onSave);
  page.models.add(announced);
  for (const drawn of drawnNow()) if (drawn.id === announced.id) meet(drawn);
  for (const place of document.querySelectorAll("[data-bertviz-plus='picture']"))
    meetPicture(/** @type {HTMLElement} */ (place));
  return () => {
    page.models.delete(announced);
    if (!notebook?.isDisposed) notebook?.saveState.disconnect(onSave);
    for (const drawn of [...page.drawn]) if (drawn.joined === announced) drawn.part(closed);
  };
}

/**
 * Registers a drawn view.
 *
 * @param {Drawn} drawn
 */
export function settle(drawn) {
  drawnNow().push(drawn);
  pageOfViews().drawn.add(drawn);
  meet(drawn);
}

/**
 * Has a model on this page draw an output that stored only a picture.
 *
 * @param {HTMLElement} place
 */
export function meetPicture(place) {
  const announced = [...pageOfViews().models].find(
    (one) => one.id === place.dataset.view && isAtHome(one, () => place),
  );
  if (announced && place.isConnected) announced.draw(place);
}

/** @param {Drawn} drawn */
function meet(drawn) {
  if (drawn.joined) return;
  const announced = [...pageOfViews().models].find(
    (one) => one.id === drawn.id && isAtHome(one, () => drawn.place),
  );
  if (announced) drawn.join(announced);
}

/** @returns {Drawn[]} The views whose output still exists; frees the others. */
function drawnNow() {
  const all = [...pageOfViews().drawn];
  for (const drawn of all) if (isGone(drawn.place)) drawn.remove();
  return all.filter(({ place }) => !isGone(place));
}

/**
 * A copy of a notebook beside it holds outputs of the same name. An output belongs to the
 * model's own
 * notebook if it is drawn again at the moment when that notebook is asked to draw it.
 *
 * @param {Announced} announced
 * @param {() => HTMLElement} place Of the output, which may be another after it is drawn again.
 * @returns {boolean}
 */
function isAtHome(announced, place) {
  const { notebook, id } = announced;
  if (!notebook) return true;
  if (notebook.isDisposed) return false;
  if (!hasSeveralNotebooks()) return true;
  const { homes } = pageOfViews();
  if (!homes.has(place())) redraw(announced, `data-view="${id}"`, (html) => html);
  return homes.get(place()) === notebook;
}

/**
 * Stores in each output, as the notebook is saved, the changes since it was made.
 *
 * @param {Announced} announced
 */
function storeStates(announced) {
  for (const drawn of drawnNow()) {
    if (drawn.joined === announced)
      redraw(announced, `data-token="${drawn.place.dataset.token}"`, drawn.stored);
  }
}

/**
 * Has the notebook draw outputs again. The views in them move over as they are, so nothing flashes.
 *
 * @param {Announced} announced
 * @param {string} marker
 * @param {(html: string) => string | null} change
 */
function redraw({ notebook, id }, marker, change) {
  const page = pageOfViews();
  if (!notebook || page.redrawing) return;
  const bringBack = [...page.drawn].filter((drawn) => drawn.id === id).map((drawn) => drawn.hold());
  page.redrawing = (place) => {
    page.homes.set(place, notebook);
    const moved = [...page.drawn].find(
      (drawn) => drawn.place.dataset.token === place.dataset.token && !drawn.place.isConnected,
    );
    moved?.moveTo(place);
    return Boolean(moved);
  };
  try {
    rewriteOutputs(notebook, marker, change);
  } catch (error) {
    console.warn("bertviz_plus: the notebook could not be asked for its outputs", error);
  } finally {
    page.redrawing = null;
    for (const restore of bringBack) restore();
  }
}
