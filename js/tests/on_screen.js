/**
 * What the screen draws, as numbers, for the Python tests that compare a plate with it: reads one request
 * as JSON from stdin, and writes the answer.
 */

import { makeTheme } from "../shared/theme.js";
import { layLines } from "../views/alignment/layout.js";
import { paintCurves } from "../views/alignment/paint.js";
import {
  countFound,
  diagonal,
  judge,
  judgeDrawn,
  keyOf,
  makeGold,
  scoresOf,
  wordsOf,
} from "../views/alignment/verdicts.js";
import { cutAxis, makeFigureData } from "../views/attention/figure_data.js";
import { readableOn, strongestCells } from "../views/attention/head_map.js";
import { meanOfHeads } from "../views/attention/head_mean.js";
import { headsLayout, seenAt } from "../views/attention/heads_layout.js";
import { drawFocus, drawRest } from "../views/attention/heads_links.js";
import { focusWeights, received } from "../views/attention/heads_weights.js";
import { mostReach, products, scores } from "../views/attention/neuron_arithmetic.js";
import { headMapGrid, leastSpecial, overviewGrid } from "../views/attention/overview_grid.js";
import { createPair } from "../views/attention/pair_store.js";
import { mainPattern } from "../views/attention/patterns.js";
import { codeOf, coloursOf, numberOf, scaleTo, signedText } from "../views/attention/scale.js";
import { statisticsMap } from "../views/attention/statistics_map.js";
import {
  barHeights,
  movesOf,
  placeColumns,
  placeLens,
  placeSentence,
} from "../views/masked/layout.js";
import {
  changeColour,
  paintLens,
  paintMoves,
  paintRows,
  shareText,
} from "../views/masked/paint.js";
import { placeLabels } from "../views/senses/labels.js";
import { opacityFor } from "../views/senses/paint.js";
import { fitAll, placePoints, radiusFor } from "../views/senses/places.js";
import { cornersOf } from "../views/senses/shapes.js";
import { piecesOf, placeRelations, placeWords } from "../views/syntax/layout.js";
import { paintArcs } from "../views/syntax/paint.js";
import { judge as judgeTrees } from "../views/syntax/verdicts.js";

/** @typedef {any} Given */

/** @param {Given} given */
function dataOf({ text, codes, heads, words, hide_special: hideSpecial, segments, most }) {
  const side = (/** @type {number} */ at) => {
    const letter = segments === "all" ? null : Number(segments[at] === "b");
    return cutAxis("text", text, { words, hideSpecial, segment: letter });
  };
  const about = {
    kind: /** @type {const} */ ("encoder"),
    layer: 0,
    heads,
    ...{ where: "layer 0", mean: 0, scale: scaleTo(most) },
    rounded: new Float32Array(heads),
  };
  return makeFigureData(about, Uint8Array.from(codes), side(0), side(2));
}

/** Keeps what is stroked on it: each curve's corners, its colour, its width and its dashes. */
function recorder() {
  /** @type {any[]} */
  const strokes = [];
  /** @type {number[]} */
  let start = [];
  /** @type {number[]} */
  let dash = [];
  const pen = {
    lineWidth: 0,
    strokeStyle: "",
    lineCap: "butt",
    clearRect() {},
    beginPath() {},
    stroke() {},
    arc() {},
    fill() {},
    lineTo() {},
    setLineDash(/** @type {number[]} */ given) {
      dash = given;
    },
    moveTo(/** @type {number[]} */ ...place) {
      start = place;
    },
    bezierCurveTo(/** @type {number[]} */ ...points) {
      const line = { colour: pen.strokeStyle, width: pen.lineWidth, dash, cap: pen.lineCap };
      strokes.push({ y0: start[1], y1: points[5], corners: [...start, ...points], ...line });
    },
  };
  return {
    pen: /** @type {any} */ (pen),
    canvas: /** @type {any} */ ({ getContext: () => pen, width: 1, height: 1 }),
    strokes,
  };
}

/** @type {Record<string, (given: Given) => any>} */
const ANSWERS = {
  sheet(given) {
    const { rows, columns, codes } = dataOf(given);
    const side = (/** @type {any} */ axis) => ({ labels: axis.labels, special: axis.special });
    return { rows: side(rows), columns: side(columns), codes: [...codes] };
  },

  links(given) {
    const data = dataOf(given);
    const { width, height, dark, heads_on: heads, threshold, side, places } = given;
    const { rows, columns, heads: count } = data;
    const layout = headsLayout({ width, height, heads: count, rows, columns, widest: [60, 60] });
    const theme = makeTheme(dark, dark ? [17, 17, 17] : [255, 255, 255], "");
    const scene = { data, layout, theme, heads, threshold, combine: "mean", scrolled: 0 };
    const { canvas, strokes } = recorder();
    let leftOut = 0;
    if (places.length) drawFocus(canvas, /** @type {any} */ (scene), { side, places });
    else leftOut = drawRest(canvas, /** @type {any} */ (scene));
    const middles = (/** @type {any} */ column) =>
      column.axis.labels.map((/** @type {string} */ _, /** @type {number} */ i) =>
        seenAt(layout, column, 0)(i),
      );
    return {
      ...{ strokes, leftOut, row: layout.row },
      ...{ rows: middles(layout.from), columns: middles(layout.to) },
    };
  },

  squares(given) {
    const data = dataOf(given);
    const { heads_on: heads, threshold, combine, side, places } = given;
    if (!places.length) return [...received(data, threshold)];
    const scene = /** @type {any} */ ({ data, heads, threshold, combine });
    return [...focusWeights(scene, { side, places })];
  },

  mean: (given) => [...meanOfHeads(dataOf(given), given.heads_on).codes],

  grid: ({ width, height, layers, heads }) => {
    const grid = overviewGrid(width, height, layers, heads);
    return { ...grid, least: leastSpecial(grid.cell) };
  },

  map_grids: ({ rooms }) =>
    rooms.map((/** @type {[number, number, number, number]} */ room) => headMapGrid(...room)),

  /** Values of all codes, their own codes, and their colours. */
  scale({ most, dark, values }) {
    const scale = scaleTo(most);
    const theme = makeTheme(dark, dark ? [17, 17, 17] : [255, 255, 255], "");
    return {
      values: [...scale.levels.keys()].map((code) => numberOf(scale, code)),
      codes: values.map((/** @type {number} */ value) => codeOf(scale, value)),
      texts: values.map((/** @type {number} */ value) => signedText(value)),
      colours: coloursOf(theme, scale).rgb,
    };
  },

  pair({ text, layers, heads, causal, words, pair, dark, most }) {
    const about = { layers: [...layers.keys()], heads, causal };
    const cut = { words, hideSpecial: false, segment: null };
    const { get } = createPair(
      /** @type {any} */ ({
        state: { get: (/** @type {string} */ name) => (name === "pair" ? pair : words && "words") },
        kind: () => "encoder",
        about: () => about,
        cuts: () => cutAxis("text", text, cut),
        codesOf: (/** @type {any} */ _, /** @type {number} */ layer) =>
          Uint8Array.from(layers[layer]),
        scale: () => scaleTo(most),
        cache: { get: () => null },
      }),
    );
    const found = /** @type {any} */ (get());
    const cells = /** @type {any} */ (
      Array.from({ length: layers.length * heads }, (_, place) => ({ place }))
    );
    const theme = makeTheme(dark, dark ? [17, 17, 17] : [255, 255, 255], "");
    const best = strongestCells(found.weights, cells, 5, Boolean(most)).map(({ place }) => place);
    return { ...found, best, readable: theme.rampRgb.map((colour) => readableOn(colour, theme)) };
  },

  statistics({ statistics, statistic, dark }) {
    const theme = makeTheme(dark, dark ? [17, 17, 17] : [255, 255, 255], "");
    const frame = { state: { get: () => statistic }, store: { statistics }, theme: () => theme };
    const map = statisticsMap(/** @type {any} */ (frame));
    const { values, text, colour, words, caption } = /** @type {any} */ (
      map(
        () => [],
        () => {},
        () => {},
      )
    );
    const places = [...values.keys()].filter((place) => !Number.isNaN(values[place]));
    const cells = /** @type {any} */ ([...values.keys()].map((place) => ({ place })));
    return {
      caption,
      values: values.map((/** @type {number} */ value) => (Number.isNaN(value) ? null : value)),
      cells: places.map((place) => [place, text(values[place]), colour(values[place], place)]),
      words: [...values.keys()].map(words),
      best: strongestCells(values, cells, 5, statistics.columns[statistic].signed).map(
        ({ place }) => place,
      ),
    };
  },

  patterns: ({ names, shares, even, evenness, hide_special: hideSpecial }) =>
    evenness.map((/** @type {number} */ _, /** @type {number} */ head) =>
      mainPattern({ names, shares, even, evenness, hideSpecial }, head),
    ),

  neuron({ query, keys, size, scaling }) {
    const product = products(Float32Array.from(query), Float32Array.from(keys));
    return { scores: [...scores(product, size, scaling)], reach: mostReach(product) };
  },

  verdicts({ links, sure, possible, drawing, sources, targets }) {
    const gold = makeGold(sure, possible);
    const found = links.map((/** @type {any[]} */ [source, target, confidence]) => ({
      ...{ source, target, confidence },
    }));
    const keys = found.map((/** @type {any} */ one) => keyOf(one.source, one.target));
    return {
      judged: (drawing ? judgeDrawn : judge)(found, gold),
      scores: scoresOf(countFound(keys, gold)),
      diagonal: scoresOf(countFound(diagonal(sources, targets), gold)).aer,
      chain: diagonal(sources, targets).map(wordsOf),
    };
  },

  strokes({ links, verdict, dark }) {
    const { pen, strokes } = recorder();
    const curves = links.map((/** @type {number[]} */ [x0, y0, x1, y1, confidence], at = 0) => ({
      ...{ source: at, target: at, confidence, verdict, alpha: 1, x0, y0, x1, y1 },
    }));
    const theme = makeTheme(dark, dark ? [17, 17, 17] : [255, 255, 255], "");
    paintCurves(pen, curves, theme, { upright: false });
    return strokes;
  },

  lines: ({ source, target, links, width, height }) =>
    layLines(source, target, links, width, height),

  places({ layers, step, width, height, codes, widths }) {
    const points = layers.map((/** @type {any} */ { x, y }) => ({
      x: Float32Array.from(x, (value) => value ?? Number.NaN),
      y: Float32Array.from(y, (value) => value ?? Number.NaN),
    }));
    const radius = radiusFor(codes.length, false);
    const fit = fitAll(points, width, height);
    const placed = placePoints(points[step], fit, radius, 0.42 * Math.min(width, height));
    return {
      ...{ x: [...placed.x], y: [...placed.y], piled: placed.piled, missing: placed.missing },
      ...{ radius, opacity: opacityFor(codes.length) },
      labels: placeLabels(placed, codes, widths, { width, height, radius }),
    };
  },

  trees({ widths, gold, other, rtl, width, height, dark, label }) {
    const placed = placeWords({ widths, gold, rtl }, width, height);
    const { above, below } = judgeTrees(gold, other);
    const arcs = (/** @type {any[]} */ links, /** @type {boolean} */ up) =>
      links.map((link) => ({ ...link, pieces: piecesOf(placed, link, up), alpha: 1 }));
    const [over, under] = [arcs(above, true), arcs(below, false)];
    const wanted = over.map(({ word, pieces }) => {
      return { word, text: "dep", width: label, piece: pieces[pieces.length - 1] };
    });
    const labels = placeRelations(
      wanted,
      over.flatMap(({ pieces }) => pieces),
    );
    /** @type {any[]} */
    const strokes = [];
    /** @type {number[][]} */
    let points = [];
    /** @type {number[]} */
    let dash = [];
    const add = (/** @type {number[]} */ ...point) => points.push(point);
    const pen = {
      ...{ lineWidth: 0, strokeStyle: "", arc() {}, fill() {}, moveTo: add, lineTo: add },
      beginPath() {
        points = [];
      },
      setLineDash(/** @type {number[]} */ given) {
        dash = given;
      },
      stroke: () => strokes.push({ points, colour: pen.strokeStyle, width: pen.lineWidth, dash }),
    };
    const theme = makeTheme(dark, dark ? [17, 17, 17] : [255, 255, 255], "");
    paintArcs(/** @type {any} */ (pen), [...over, ...under], theme);
    return { ...placed, labels, strokes, links: [above, below] };
  },

  masked({ widths, glued, values, first, now, width, dark, lens }) {
    const numbers = (/** @type {any} */ answer) => ({
      ...answer,
      ...{ lens: Float32Array.from(lens), probabilities: Float32Array.from(answer.probabilities) },
    });
    const [before, after] = [numbers(first), numbers(now)];
    const theme = makeTheme(dark, dark ? [17, 17, 17] : [255, 255, 255], "");
    const columns = placeColumns(width, true);
    const moves = movesOf(before, after);
    /** @type {any[]} */
    const strokes = [];
    /** @type {any[]} */
    const rects = [];
    /** @type {any[]} */
    const texts = [];
    /** @type {number[]} */
    let corners = [];
    /** @type {number[]} */
    let dash = [];
    const pen = /** @type {any} */ ({
      beginPath() {},
      setLineDash(/** @type {any} */ given) {
        dash = given;
      },
      moveTo(/** @type {number[]} */ ...at) {
        corners = at;
      },
      bezierCurveTo(/** @type {number[]} */ ...at) {
        corners = [...corners, ...at];
      },
      stroke: () => strokes.push({ corners, dash, width: pen.lineWidth, colour: pen.strokeStyle }),
      fillRect: (/** @type {number[]} */ ...at) => rects.push([...at, pen.fillStyle]),
      fillText: (/** @type {any[]} */ ...at) => texts.push([...at, pen.fillStyle]),
    });
    paintMoves(pen, moves, columns, 10, theme, null);
    const most = Math.max(...before.probabilities, ...after.probabilities);
    paintRows(
      pen,
      Array.from(after.probabilities, (one) => (columns.bar * one) / most),
      columns.after + columns.name,
      (row) => changeColour(moves.find(({ to }) => to === row)?.change ?? 0, theme),
    );
    const bars = rects.splice(0);
    const grid = placeLens(width, width < 640, lens.length / 10, 10);
    paintLens(pen, after.lens, 10, grid, theme);
    return {
      ...{ ...placeSentence(widths, glued, width), bars: barHeights(values) },
      ...{ columns, moves, strokes, rows: bars, grid, cells: rects, texts },
      shares: after.probabilities.length ? Array.from(after.probabilities, shareText) : [],
    };
  },

  shapes: () => Array.from({ length: 12 }, (_, kind) => cornersOf(kind)),

  theme: ({ dark }) => makeTheme(dark, dark ? [17, 17, 17] : [255, 255, 255], ""),
};

let request = "";
for await (const part of process.stdin) request += part;
const { name, given } = JSON.parse(request);
const plain = (/** @type {string} */ _, /** @type {any} */ value) =>
  ArrayBuffer.isView(value) ? Array.from(/** @type {any} */ (value)) : value;
process.stdout.write(JSON.stringify(ANSWERS[name](given), plain));
