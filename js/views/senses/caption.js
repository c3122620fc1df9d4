/** Under the figure: what makes a screenshot self-sufficient, and how faithful the picture is. */

import { percent } from "../../shared/text.js";
import { PROJECTIONS, RANDOM } from "./design.js";
import { thousands } from "./legend.js";

/** @typedef {import("./view.js").View} View */

/** @typedef {import("../../shared/pieces.js").CaptionPart} Part */

/** @type {Record<string, string>} */
const NAMES = PROJECTIONS;

/** @param {string} name */
export function projectionName(name) {
  return NAMES[name] ?? name;
}

/**
 * @param {View} view
 * @param {import("./places.js").Places | null} places
 * @param {string} scores The layer's scores, where the curves do not show them.
 * @returns {Part[]}
 */
export function captionOf(view, places, scores) {
  const { data } = view;
  const layers = data.hidden_layers;
  const among = layers.length > 1 ? ` of ${layers[0]}–${layers[layers.length - 1]}` : "";
  return [
    data.title,
    data.wording.about,
    `layer ${view.layer()}${among}`,
    faithfulness(view),
    scores,
    scoresText(view),
    places?.piled ? `${thousands(places.piled)} share a spot, fanned out` : "",
    places?.missing ? `${thousands(places.missing)} without a vector, left out` : "",
    data.projections[view.projection()]?.note ?? "",
    // What it says of the senses' scores is not of clusters.
    view.isClustered() && data.scores.length ? "" : (data.fine_print ?? ""),
    translationsLegend(view),
  ];
}

/** @param {View} view */
function scoresText(view) {
  const shown = view.scores();
  const banded = shown.some(({ low }) => low?.some((value) => value !== null)) ? ", band 95%" : "";
  return shown.length ? `scores in all ${thousands(view.data.dimensions)} dimensions${banded}` : "";
}

/**
 * @param {View} view
 * @returns {string} What lines and rings mean, where there are any.
 */
function translationsLegend(view) {
  const { kin, unit } = view.data.wording;
  return kin && view.pinned() >= 0
    ? `dashed: the nearest is another ${unit}; ring: the ${kin} that was not found`
    : "";
}

/** @param {View} view @returns {Part} */
function faithfulness(view) {
  const name = view.projection();
  const about = view.data.projections[name];
  const explained = about?.explained?.[view.step()];
  const trust = about?.trustworthiness?.[view.step()];
  const known = typeof trust === "number";
  const trusted = known
    ? ["trustworthiness ", { bold: trust.toFixed(2) }, ` (random ${RANDOM})`]
    : [];
  if (!explained) return known ? [`${projectionName(name)}: `, ...trusted] : projectionName(name);
  const kept = [
    `${projectionName(name)} keeps `,
    { bold: percent(explained[0] + explained[1]) },
    " of the variance",
  ];
  return known ? [...kept, ", ", ...trusted] : kept;
}
