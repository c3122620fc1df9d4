/**
 * Contents of the curves: the scores in the full space or, without senses, how faithful the
 * picture is.
 */

/**
 * @typedef {(number | null)[]} Values
 * @typedef {object} Panel
 * @property {string[]} names The first that fits is written.
 * @property {Values} values
 * @property {Values} low
 * @property {Values} high
 * @property {Values} baseline
 * @property {string} baselineName
 * @property {Values} shuffled
 * @property {Values} picture The same score on the picture.
 * @property {[number, number]} range
 */

/**
 * Long names of measures and baselines, as a narrow column has room for them.
 *
 * @param {string} name
 */
export function shortName(name) {
  return name
    .replace(/-nearest[- ]neighbou?rs? /i, "-NN ")
    .replace(/^most frequent( sense)?$/i, "majority");
}

/**
 * @param {string} title
 * @returns {string[]} "1-NN accuracy", "1-NN"; what colours is seen beside it
 */
function namesOf(title) {
  const short = shortName(title);
  return [short, short.replace(/ accuracy| of the clusters/, "")];
}

/** @param {import("./view.js").View} view @returns {Panel[]} */
export function panelsOf(view) {
  const faithfulness = faithfulnessPanels(view);
  const scores = view.scores();
  if (!scores.length) return faithfulness;
  const panels = scores.map((score) => {
    const onPicture = view.projection().startsWith("pca") ? score.picture : null;
    const lines = {
      values: score.values,
      low: score.low ?? [],
      high: score.high ?? [],
      baseline: score.baseline ?? [],
      shuffled: score.shuffled ?? [],
      picture: onPicture ?? [],
    };
    return {
      names: namesOf(score.title),
      baselineName: shortName(score.baseline_name ?? "baseline"),
      range: rangeOf(Object.values(lines).flat(), score.measure !== "silhouette"),
      ...lines,
    };
  });
  // Of clusters there is one score.
  return view.isClustered() ? [...panels, ...faithfulness.slice(0, 1)] : panels;
}

/** @param {import("./view.js").View} view @returns {Panel[]} */
function faithfulnessPanels(view) {
  const about = view.data.projections[view.projection()];
  const shares = about?.explained.map((both) => both && both[0] + both[1]) ?? [];
  const trust = about?.trustworthiness ?? [];
  const bare = { low: [], high: [], shuffled: [], picture: [] };
  /** @type {[number, number]} */
  const range = [0, 1];
  const panels = [
    {
      ...bare,
      names: ["trustworthiness"],
      values: trust,
      baseline: trust.map(() => 0.5),
      baselineName: "random",
      range,
    },
    { ...bare, names: ["variance kept"], values: shares, baseline: [], baselineName: "", range },
  ];
  return panels.filter(({ values }) => values.some((value) => value !== null));
}

/**
 * @param {Values} values
 * @param {boolean} isShare Shares are seen beside the whole.
 * @returns {[number, number]}
 */
function rangeOf(values, isShare) {
  const known = values.filter((value) => typeof value === "number");
  const tenths = (/** @type {number} */ value) => Math.ceil(value * 10 - 1e-9) / 10;
  const most = tenths(Math.max(0.2, ...known));
  return [-tenths(-Math.min(0, ...known)), isShare ? Math.max(1, most) : most];
}

/** @param {number | null | undefined} value */
export function scoreText(value) {
  if (typeof value !== "number") return "undefined";
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) ? `−${text}` : text;
}

/**
 * @param {import("./view.js").View} view
 * @param {number} step
 * @returns {string} Everything the curves say of a layer, in words.
 */
export function scoreSentence(view, step) {
  const { data } = view;
  const scores = view.scores().map((score) => {
    const known = (
      /** @type {Values | undefined} */ values,
      /** @type {(value: number) => string} */ say,
    ) => {
      const value = values?.[step];
      return typeof value === "number" ? [say(value)] : [];
    };
    const [low, high] = [score.low?.[step], score.high?.[step]];
    const interval =
      typeof low === "number" ? [`95% from ${scoreText(low)} to ${scoreText(high)}`] : [];
    const about = [
      ...interval,
      ...known(
        score.baseline,
        (value) => `${score.baseline_name ?? "baseline"} ${scoreText(value)}`,
      ),
      ...known(score.shuffled, (value) => `shuffled labels ${scoreText(value)}`),
      ...known(score.picture, (value) => `on the two PCA axes ${scoreText(value)}`),
    ];
    const more = about.length ? ` (${about.join(", ")})` : "";
    return `${score.title} ${scoreText(score.values[step])}${more}`;
  });
  return `Layer ${data.hidden_layers[step]}${scores.length ? ": " : ""}${scores.join("; ")}`;
}

/**
 * @param {import("./view.js").View} view
 * @returns {string} The layer's scores with their baselines, for the caption.
 */
export function scoreSummary(view) {
  return view
    .scores()
    .map(({ title, values, baseline, baseline_name: name }) => {
      const base = baseline?.[view.step()];
      const beside =
        typeof base === "number" ? ` (${shortName(name ?? "baseline")} ${scoreText(base)})` : "";
      return `${shortName(title)} ${scoreText(values[view.step()])}${beside}`;
    })
    .join(", ");
}
