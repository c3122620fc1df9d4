/** Why does a token attend to another? Query, key, their product and what comes of it. */
import { pen, size } from "../../shared/canvas.js";
import { MISSING, ONE } from "../../shared/design.js";
import { clamp, describe, element, listen, place } from "../../shared/dom.js";
import { arrowStep } from "../../shared/keyboard.js";
import { shorten, textWidth, weightText } from "../../shared/text.js";
import { css } from "../../shared/theme.js";
import { HEAD, LINK_FROM, NEURON_LINK, NEURON_REST } from "./design.js";
import { largest } from "./heads_weights.js";
import { explainedBy, mostReach, products, reach, scores, vector } from "./neuron_arithmetic.js";
import { neuronLayout } from "./neuron_layout.js";
import { paintLink, paintNumbers, paintStrip, signed } from "./neuron_paint.js";
import { neuronTitles } from "./neuron_titles.js";
import { drawnHeads, toggled } from "./selection.js";

/** @typedef {import("../../shared/theme.js").Theme} Theme */

/** @typedef {import("./types.js").NeuronData} NeuronData */

/** @param {import("./types.js").Frame} frame @returns {import("./types.js").ModeView} */
export function neuron(frame) {
  const { figure, state, store } = frame;
  const box = element("div", "bvp-neuron");
  const top = element("canvas");
  const titles = element("div", "bvp-titles bvp-fine");
  const scroller = element("div", "bvp-scroll");
  const stage = element("div", "bvp-stage");
  const canvas = element("canvas");
  const queryList = element("div", "bvp-queries");
  const keyList = element("div", "bvp-keys");
  /** @type {NeuronData} */
  let data;
  /** Whether the data are here; nothing can be pointed at before. */
  let ready = false;
  let grid = neuronLayout(960, 500, 1, 0, 1);
  let asked = 0;
  /** @type {{ query: number | null, key: number | null, dimension: number | null }} */
  const pointed = { query: null, key: null, dimension: null };
  /** @type {{ query: number, product: Float32Array, spread: number, score: Float32Array }} */
  let seen = { query: 0, product: new Float32Array(), spread: 1, score: new Float32Array() };
  let spans = { query: 1, key: 1 };
  /** A query's weights are more than the softmax of its scores. */
  let isUnexplained = false;

  describe(scroller, { role: "group", tabindex: 0 });
  describe(scroller, { "aria-label": "Queries and keys; up and down choose a query, Enter pins" });
  stage.append(canvas);
  scroller.append(stage, queryList, keyList);
  box.append(top, titles, scroller);
  listen(scroller, { pointermove: pointAt, pointerleave: leave, scroll: paint });
  queryList.addEventListener("click", (event) => {
    const node = event.target instanceof HTMLElement ? event.target.closest("bdi") : null;
    if (node) pin(Number(node.dataset.at));
  });
  ask();

  async function ask() {
    const turn = ++asked;
    const answer = await store.wantNeuron();
    if (turn !== asked) return;
    ready = typeof answer !== "string";
    if (typeof answer === "string") {
      const empty = element("div", "bvp-empty", answer);
      // As high as the other modes: nothing jumps.
      place(empty, { height: state.get("height") });
      figure.replaceChildren(empty);
      frame.caption([store.title, whichHead()]);
      frame.hidden(null);
      return;
    }
    data = answer;
    spans = { query: mostReach(answer.queries), key: mostReach(answer.keys) };
    if (box.parentElement !== figure) figure.replaceChildren(box);
    layout();
  }

  function layout() {
    if (!ready || !figure.clientWidth) return;
    const { rows, columns } = data;
    const font = `13px ${frame.theme().font}`;
    const names = [...rows.labels, ...columns.labels];
    const longest = names.reduce((width, name) => Math.max(width, textWidth(name, font)), 0);
    const lines = Math.max(rows.size, columns.size);
    const height = state.get("height");
    grid = neuronLayout(figure.clientWidth, height, data.size, longest, lines);
    place(scroller, { "--row": grid.row, height: grid.height, width: grid.width + 12 });
    fillList(queryList, rows, grid.query, font, 0);
    fillList(keyList, columns, grid.keyName, font, grid.key);
    size(top, grid.width, HEAD);
    size(canvas, grid.width, grid.height);
    titles.replaceChildren(...neuronTitles(data, grid));
    choose();
    read();
  }

  /**
   * @param {HTMLElement} list
   * @param {import("./types.js").Axis} axis
   * @param {number} width
   * @param {string} font
   * @param {number} left
   */
  function fillList(list, axis, width, font, left) {
    place(list, { left, width, height: axis.size * grid.row });
    const names = axis.labels.map((name, at) => {
      const shown = shorten(name, width - 12, font);
      const node = element("bdi", axis.special[at] ? "bvp-special" : "", shown);
      node.dataset.at = String(at);
      if (shown !== name) node.title = name;
      return node;
    });
    list.replaceChildren(...names);
  }

  /** Shows the query pointed at, or pinned, or the first word. */
  function choose() {
    const { rows, size: dimensions } = data;
    const pinned = state.get("side") === "from" ? state.get("selected_tokens")[0] : undefined;
    const at = pinned === undefined ? -1 : rows.unit.indexOf(pinned);
    const first = Math.max(0, rows.special.indexOf(false));
    const query = pointed.query ?? (at >= 0 ? at : first);
    const values = vector(data.queries, dimensions, query);
    const product = products(values, data.keys);
    const score = scores(product, dimensions, data.scaling);
    seen = { query, product, spread: mostReach(product), score };
    for (const [k, node] of [...queryList.children].entries()) {
      node.classList.toggle("bvp-on", k === query);
      node.classList.toggle("bvp-chosen", k === at);
    }
    paint();
    caption();
  }

  function paint() {
    paintTop();
    const theme = frame.theme();
    const context = pen(canvas);
    const { columns, size: dimensions, codes } = data;
    const scrolled = scroller.scrollTop;
    const first = Math.floor(scrolled / grid.row);
    const end = Math.min(columns.size, Math.ceil((scrolled + grid.height) / grid.row));
    const strip = { width: grid.strip, tall: grid.row / 2 - 2 };
    context.clearRect(0, 0, grid.width, grid.height);
    context.font = `12px ${theme.font}`;
    context.textBaseline = "middle";
    paintBands(context, theme, scrolled);
    const farthest = reach(seen.score);
    for (let key = first; key < end; key++) {
      const y = key * grid.row - scrolled;
      const middle = y + grid.row / 2;
      const values = vector(data.keys, dimensions, key);
      const product = vector(seen.product, dimensions, key);
      const about = { ...strip, middle };
      paintStrip(context, values, { ...about, x: grid.keyStrip, reach: spans.key }, theme);
      paintStrip(context, product, { ...about, x: grid.productStrip, reach: seen.spread }, theme);
      const code = codes[seen.query * columns.size + key];
      const number = { score: seen.score[key], reach: farthest, ...weightOf(code) };
      paintNumbers(context, grid, y, { ...number, masked: isMasked(key) }, theme);
      linkTo(context, key, scrolled, code, theme);
    }
  }

  function paintTop() {
    const { queries, size: dimensions } = data;
    const theme = frame.theme();
    const context = pen(top);
    context.clearRect(0, 0, grid.width, HEAD);
    band(context, theme, 16, HEAD - 36);
    const strip = { x: grid.keyStrip, width: grid.strip, middle: 38, tall: 21 };
    const values = vector(queries, dimensions, seen.query);
    paintStrip(context, values, { ...strip, reach: spans.query }, theme);
    context.fillStyle = css(theme.hair);
    context.fillRect(0, HEAD - 1, grid.width, 1);
    context.font = `600 13px ${theme.font}`;
    context.fillStyle = css(theme.ink);
    context.textBaseline = "middle";
    context.fillText(shorten(queryName(), grid.keyName - 12, context.font), grid.key + 9, 34);
  }

  /** @param {CanvasRenderingContext2D} context @param {Theme} theme @param {number} scrolled */
  function paintBands(context, theme, scrolled) {
    context.fillStyle = css(theme.hair, 0.45);
    if (pointed.key !== null) {
      const y = pointed.key * grid.row - scrolled;
      context.fillRect(grid.key, y, grid.width - grid.key, grid.row);
    }
    band(context, theme, 0, grid.height);
    if (!grid.scoreBar) return;
    context.fillStyle = css(theme.hair);
    context.fillRect(grid.score + grid.scoreBar / 2 - 0.5, 0, 1, grid.height);
  }

  /**
   * The dimension that is pointed at, in every strip.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Theme} theme
   * @param {number} y
   * @param {number} height
   */
  function band(context, theme, y, height) {
    if (pointed.dimension === null) return;
    const step = grid.strip / data.size;
    context.fillStyle = css(theme.soft, 0.2);
    for (const strip of [grid.keyStrip, grid.productStrip]) {
      context.fillRect(strip + pointed.dimension * step - 0.5, y, Math.max(2, step), height);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} key
   * @param {number} scrolled
   * @param {number} code
   * @param {Theme} theme
   */
  function linkTo(context, key, scrolled, code, theme) {
    const { weight } = weightOf(code);
    if (!(weight >= LINK_FROM) || isMasked(key)) return;
    const colour = theme.heads[drawnHeads(state)[0] % theme.heads.length];
    const { opacity, width } = NEURON_LINK;
    context.lineWidth = width.base + width.by * weight;
    const shade = css(colour, opacity.base + opacity.by * weight);
    const middle = (/** @type {number} */ at) => (at + 0.5) * grid.row - scrolled;
    paintLink(context, grid, middle(seen.query), middle(key), shade);
  }

  /** @param {number} key */
  function isMasked(key) {
    if (!store.shape().causal || state.get("attention_kind") === "cross") return false;
    return data.columns.unit[key] > data.rows.unit[seen.query];
  }

  function queryName() {
    return data.rows.labels[seen.query];
  }

  function whichHead() {
    return `layer ${state.get("layer")}, head ${drawnHeads(state)[0]}`;
  }

  function caption() {
    const { rows, columns, codes } = data;
    const row = codes.subarray(seen.query * columns.size, (seen.query + 1) * columns.size);
    const isExplained = explainedBy(seen.score, row);
    isUnexplained ||= !isExplained;
    const parts = (/** @type {string} */ query, /** @type {boolean} */ noted) => [
      store.title,
      whichHead(),
      ["query ", { bold: query }],
      "orange: above 0, blue: below, the largest 1% cut",
      noted ? "scores leave out the mask and the position bias that the weights contain" : null,
    ];
    const longest = rows.labels.reduce((a, b) => (b.length > a.length ? b : a));
    frame.caption(parts(queryName(), !isExplained), parts(longest, isUnexplained));
    frame.hidden(null);
  }

  function read() {
    if (pointed.key === null) return frame.reading([NEURON_REST]);
    const { key, dimension } = pointed;
    const { columns, size: dimensions, scaling, codes, queries, keys } = data;
    const pair = [{ bold: queryName() }, " · ", { bold: columns.labels[key] }];
    const factor = Number(scaling.toPrecision(3));
    const score = seen.score[key];
    const { weight } = weightOf(codes[seen.query * columns.size + key]);
    const sum = `: Σ query × key ${signed(score / scaling)} × ${factor} = score ${signed(score)}`;
    if (dimension === null) {
      const masked = isMasked(key);
      return frame.reading([...pair, sum, masked ? ", masked" : ` → weight ${weightText(weight)}`]);
    }
    const query = vector(queries, dimensions, seen.query)[dimension];
    const value = vector(keys, dimensions, key)[dimension];
    const product = signed(query * value);
    const one = `: dimension ${dimension}, query ${signed(query)} × key ${signed(value)} = ${product}`;
    frame.reading([...pair, one, ` of Σ ${signed(score / scaling)}`]);
  }

  /** @param {PointerEvent} event */
  function pointAt(event) {
    const inside = scroller.getBoundingClientRect();
    const x = event.clientX - inside.left;
    const line = Math.floor((event.clientY - inside.top + scroller.scrollTop) / grid.row);
    const onQueries = x < grid.query;
    const query = onQueries && line < data.rows.size ? line : null;
    const key = !onQueries && x >= grid.key && line < data.columns.size ? line : null;
    lookAt(query, key, key === null ? null : dimensionAt(x));
  }

  /** @param {number | null} query @param {number | null} key @param {number | null} dimension */
  function lookAt(query, key, dimension) {
    const changed = query !== pointed.query;
    Object.assign(pointed, { query, key, dimension });
    if (changed) choose();
    else paint();
    read();
  }

  /** @param {number} x */
  function dimensionAt(x) {
    const within = [grid.keyStrip, grid.productStrip].map((strip) => (x - strip) / grid.strip);
    const share = within.find((one) => one >= 0 && one < 1);
    return share === undefined ? null : Math.floor(share * data.size);
  }

  function leave() {
    lookAt(null, null, null);
  }

  /** @param {number} query */
  function pin(query) {
    const unit = data.rows.unit[query];
    const kept = state.get("side") === "from" ? state.get("selected_tokens").slice(0, 1) : [];
    state.set({ side: "from", selected_tokens: toggled(kept, unit, false) });
  }

  /** @param {[number, number]} step */
  function move([across, down]) {
    if (across) {
      const from = pointed.dimension ?? (across > 0 ? -1 : data.size);
      pointed.dimension = clamp(from + across, 0, data.size - 1);
      pointed.key ??= 0;
      paint();
    } else {
      pointed.query = clamp(seen.query + down, 0, data.rows.size - 1);
      const y = pointed.query * grid.row;
      scroller.scrollTop = clamp(scroller.scrollTop, y + grid.row - grid.height, y);
      choose();
      frame.announce(`query ${queryName()}: ${strongest()}`);
    }
    read();
  }

  /** @returns {string} The three keys with the largest weights. */
  function strongest() {
    const { columns, codes } = data;
    const weights = columns.labels.map(
      (_, key) => weightOf(codes[seen.query * columns.size + key]).weight,
    );
    return largest(weights, 3)
      .map((key) => `${columns.labels[key]} ${weightText(weights[key])}`)
      .join(", ");
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const step = arrowStep(event);
    if (!ready) return false;
    if (step) move(step);
    else if (event.key === "Enter") pin(seen.query);
    else if (event.key === "Escape" && (pointed.query ?? pointed.dimension) !== null) leave();
    else if (event.key === "Escape" && state.get("selected_tokens").length) {
      state.set({ selected_tokens: [] });
    } else return false;
    return true;
  }

  return {
    layout,
    update(changed) {
      const light = ["selected_tokens", "side", "threshold", "combine"];
      if (changed.has("height")) layout();
      else if (changed.size && [...changed].every((name) => light.includes(name))) {
        if (ready) choose();
      } else ask();
    },
    key,
    destroy() {
      asked++;
    },
  };
}

/** @param {number} code */
function weightOf(code) {
  return code === MISSING ? { weight: Number.NaN, code: 0 } : { weight: code / ONE, code };
}
