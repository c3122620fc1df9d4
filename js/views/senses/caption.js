/** Under the figure: what makes a screenshot self-sufficient, and how faithful the picture is. */

import { element } from "../../shared/dom.js";
import { percent } from "../../shared/text.js";
import { thousands } from "./legend.js";

/** @typedef {string | (string | { bold: string })[]} Part */

/** What chance gives: neighbours placed at random keep this much. */
const RANDOM_TRUST = 0.5;

/** @type {Record<string, string>} */
export const PROJECTIONS = { pca: "2-D PCA", tsne: "t-SNE", umap: "UMAP", given: "given picture" };

/** @param {string} name */
export function projectionName(name) {
  return PROJECTIONS[name] ?? name;
}

/**
 * @param {import("./view.js").View} view
 * @param {import("./places.js").Places | null} places
 * @param {string} scores The layer's scores, where the curves do not show them.
 * @returns {Part[]}
 */
function partsOf(view, places, scores) {
  const { data } = view;
  const layers = data.hidden_layers;
  const among = layers.length > 1 ? ` of ${layers[0]}–${layers[layers.length - 1]}` : "";
  return [
    data.title,
    data.wording.about,
    `layer ${view.layer()}${among}`,
    faithfulness(view),
    scores,
    data.scores.length ? `scores in all ${thousands(data.dimensions)} dimensions, band 95%` : "",
    places?.piled ? `${thousands(places.piled)} share a spot, fanned out` : "",
    places?.missing ? `${thousands(places.missing)} without a vector, left out` : "",
    data.fine_print ?? "",
    kinLegend(view),
    data.projections[view.projection()]?.note ?? "",
  ];
}

/**
 * @param {import("./view.js").View} view
 * @returns {string} What lines and rings mean, where there are any.
 */
function kinLegend(view) {
  const { kin, unit } = view.data.wording;
  return kin && view.pinned() >= 0
    ? `dashed: the nearest is another ${unit}; ring: the ${kin} that was not found`
    : "";
}

/**
 * @param {import("./view.js").View} view
 * @returns {Part}
 */
function faithfulness(view) {
  const name = view.projection();
  const about = view.data.projections[name];
  const explained = about?.explained?.[view.step()];
  const trust = about?.trustworthiness?.[view.step()];
  const known = typeof trust === "number";
  const trusted = known
    ? ["trustworthiness ", { bold: trust.toFixed(2) }, ` (random ${RANDOM_TRUST})`]
    : [];
  if (!explained) return known ? [`${projectionName(name)}: `, ...trusted] : projectionName(name);
  const kept = [
    `${projectionName(name)} keeps `,
    { bold: percent(explained[0] + explained[1]) },
    " of the variance",
  ];
  return known ? [...kept, ", ", ...trusted] : kept;
}

/** @param {import("./view.js").View} view */
export function createCaption(view) {
  const row = element("div", "bvp-under");
  const text = element("div", "bvp-caption");
  row.append(text);
  return {
    element: row,
    /**
     * @param {import("./places.js").Places | null} places
     * @param {string} scores
     */
    update(places, scores) {
      const phrases = partsOf(view, places, scores).filter((part) => part.length);
      text.replaceChildren(
        ...phrases.map((part) => {
          const phrase = element("span");
          for (const piece of [part].flat())
            phrase.append(typeof piece === "string" ? piece : element("b", "", piece.bold));
          return phrase;
        }),
      );
    },
  };
}
