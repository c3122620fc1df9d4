import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { splitAt, wordPlace } from "../views/senses/context.js";
import { HOLE } from "../views/senses/design.js";
import { betweenLabels, placeLabels } from "../views/senses/labels.js";
import { cosineText } from "../views/senses/list.js";
import { createGrid, inside, stepFrom } from "../views/senses/near.js";
import { shortName } from "../views/senses/panels.js";
import { fitAll, placePoints, radiusFor } from "../views/senses/places.js";
import { areaOf, cornersOf, shapeOf } from "../views/senses/shapes.js";
import { brushOf, splat } from "../views/senses/splat.js";
import { createStore } from "../views/senses/store.js";

/** @param {number[]} values */
const floats = (values) => Float32Array.from(values);

test("every shape covers as much as a circle of the same radius", () => {
  for (const group of [1, 2, 3, 4, 5])
    assert.ok(Math.abs(areaOf(cornersOf(group)) - Math.PI) < 1e-9, `shape ${group}`);
  assert.deepEqual(cornersOf(0), []);
  assert.equal(shapeOf(7, false), shapeOf(1, false));
});

test("a hollow shape has the outline of a filled one and a hole", () => {
  for (const group of [0, 1, 2, 3, 4, 5]) {
    const hollow = areaOf(cornersOf(shapeOf(group, true)));
    const filled = group ? Math.PI : areaOf(cornersOf(6).slice(0, 24));
    assert.ok(Math.abs(hollow / filled - (1 - HOLE ** 2)) < 1e-9, `shape ${group}`);
  }
});

test("one scale for all layers: nothing leaves the plot, and y points up", () => {
  const layers = [
    { x: floats([0, 1]), y: floats([0, 1]) },
    { x: floats([-3, Number.NaN]), y: floats([2, Number.NaN]) },
  ];
  const fit = fitAll(layers, 400, 300);
  const [first, second] = layers.map((points) => placePoints(points, fit, 3, 100));
  for (const { x, y } of [first, second])
    for (const i of [0, 1])
      assert.ok(Number.isNaN(x[i]) || (x[i] >= 16 && x[i] <= 384 && y[i] >= 16 && y[i] <= 284));
  assert.ok(first.y[1] < first.y[0]);
  assert.ok(Math.abs(first.x[1] - first.x[0] - fit.scale) < 1e-3);
  assert.equal(second.missing, 1);
});

test("equal vectors are fanned out around their spot, and counted; others stay where they are", () => {
  const n = 40;
  const x = floats(Array.from({ length: n + 1 }, (_, i) => (i === n ? 1 : 0)));
  const places = placePoints({ x, y: x }, { scale: 100, left: 50, top: 200 }, 3, 100);
  assert.equal(places.piled, n);
  assert.deepEqual([places.x[n], places.y[n]], [150, 100]);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++)
      least = Math.min(least, Math.hypot(places.x[i] - places.x[j], places.y[i] - places.y[j]));
  assert.ok(least > 3, `two marks are ${least} px apart`);
  const mean = places.x.subarray(0, n).reduce((sum, value) => sum + value / n, 0);
  assert.ok(Math.abs(mean - 50) < 1e-3);
});

test("a fan of everything stays inside the plot", () => {
  const x = new Float32Array(50_000);
  const { x: across } = placePoints({ x, y: x }, { scale: 1, left: 300, top: 200 }, 1.7, 90);
  assert.ok(across.every((value) => value > 200 && value < 400));
});

test("marks shrink as they become many", () => {
  const radii = [20, 150, 1500, 10_000, 50_000].map((n) => radiusFor(n, false));
  assert.deepEqual(
    radii,
    [...radii].sort((a, b) => b - a),
  );
  assert.equal(radii[0], 5);
  assert.equal(radii[4], 1.7);
});

test("the grid finds what a search through all would find", () => {
  const coordinate = fc.double({ min: 0, max: 200, noNaN: true });
  const places = fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(places, coordinate, coordinate, (points, atX, atY) => {
      const x = floats(points.map(([px]) => px));
      const y = floats(points.map(([, py]) => py));
      const found = createGrid(x, y, 200, 200).nearest(atX, atY, 14, (item) => item % 3 !== 1);
      const distances = points.map((_, i) =>
        i % 3 === 1 ? Number.POSITIVE_INFINITY : (x[i] - atX) ** 2 + (y[i] - atY) ** 2,
      );
      const least = Math.min(...distances);
      assert.equal(found >= 0, least < 14 * 14);
      if (found >= 0) assert.equal(distances[found], least);
    }),
  );
});

test("a lasso takes what lies inside it, also where it is not convex", () => {
  const x = floats([5, 15, 25, Number.NaN]);
  const y = floats([5, 5, 5, 5]);
  /** @type {[number, number][]} */
  const bay = [
    [0, 0],
    [30, 0],
    [30, 10],
    [20, 10],
    [20, 2],
    [10, 2],
    [10, 10],
    [0, 10],
  ];
  assert.deepEqual(
    inside(x, y, bay, () => true),
    [0, 2],
  );
  assert.deepEqual(
    inside(x, y, bay, (item) => item === 2),
    [2],
  );
});

test("an arrow goes to the nearest in its direction, and stays where there is none", () => {
  const x = floats([10, 30, 12, 28]);
  const y = floats([10, 12, 40, 41]);
  const all = () => true;
  assert.equal(stepFrom(x, y, -1, [1, 0], all), 0);
  assert.equal(stepFrom(x, y, 0, [1, 0], all), 1);
  assert.equal(stepFrom(x, y, 0, [0, 1], all), 2);
  assert.equal(stepFrom(x, y, 3, [1, 0], all), 1);
  assert.equal(stepFrom(x, y, 1, [1, 0], all), 1);
});

test("names stand at their groups when these are apart, and go where their centres coincide", () => {
  const n = 100;
  const codes = Array.from({ length: n }, (_, i) => i % 2);
  const jitter = (/** @type {number} */ i) => 12 * Math.sin(i * 12.9898);
  const apart = floats(codes.map((code, i) => (code ? 300 : 100) + jitter(i)));
  const together = floats(codes.map((_, i) => 200 + 8 * jitter(i)));
  const y = floats(codes.map((_, i) => 150 + jitter(i * 7)));
  const plot = { width: 400, height: 300, radius: 4 };
  const named = placeLabels({ x: apart, y }, codes, [60, 60], plot);
  for (const { group, x, opacity } of named) {
    assert.equal(opacity, 1);
    assert.ok(Math.abs(x - (group ? 300 : 100)) < 70);
  }
  const gone = placeLabels({ x: together, y }, codes, [60, 60], plot);
  assert.ok(gone.every(({ opacity }) => opacity === 0));
  const [half] = betweenLabels(
    [named[0]],
    [gone.find((one) => one.group === named[0].group) ?? gone[0]],
    0.5,
  );
  assert.equal(half.opacity, 0.5);
});

test("a mark blends as painting over would: opaque covers, half mixes, none leaves", () => {
  const mask = {
    dx: Int16Array.of(0, 1, 2),
    dy: Int16Array.of(0, 0, 0),
    fill: Uint8Array.of(255, 128, 0),
    rim: Uint8Array.of(0, 0, 0),
    reach: 1,
  };
  const pixels = new Int32Array(4).fill(0xffffffff | 0);
  splat(pixels, 0, brushOf(mask, 4, [10, 20, 30], [255, 255, 255], 1));
  const channels = [...new Uint8Array(pixels.buffer)];
  assert.deepEqual(channels.slice(0, 4), [10, 20, 30, 255]);
  for (const [at, expected] of [132, 137, 142].entries())
    assert.ok(Math.abs(channels[4 + at] - expected) <= 2);
  assert.deepEqual(channels.slice(8, 12), [255, 255, 255, 255]);
});

test("the word stands at the plot's centre unless more can be read elsewhere", () => {
  assert.equal(wordPlace(100, 100, 20, 900, 330), 330);
  assert.equal(wordPlace(500, 100, 20, 900, 330), 520);
  assert.equal(wordPlace(800, 800, 20, 900, 330), 330);
  assert.equal(wordPlace(800, 100, 20, 900, 330), 780);
  assert.equal(wordPlace(100, 800, 20, 900, 330), 120);
});

test("a sentence is cut around its word, white space made plain", () => {
  const text = "He sat\non the  bank, fishing.";
  assert.deepEqual(splitAt(text, [15, 19]), {
    before: "He sat on the ",
    word: "bank",
    after: ", fishing.",
    rtl: false,
  });
  assert.equal(splitAt("ضفة النهر", [0, 3]).rtl, true);
});

test("cosines keep the digits they are exact to", () => {
  assert.equal(cosineText(0.8334, 3), ".833");
  assert.equal(cosineText(-0.042, 3), "−.042");
  assert.equal(cosineText(-0.0001, 3), ".000");
  assert.equal(cosineText(1, 2), "1.00");
});

test("long names of measures are shortened for the narrow column", () => {
  assert.equal(shortName("1-nearest-neighbour accuracy"), "1-NN accuracy");
  assert.equal(shortName("most frequent sense"), "majority");
  assert.equal(shortName("V-measure"), "V-measure");
});

/**
 * @param {ArrayBufferView} array
 * @param {any} about
 */
function tensor(array, about) {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return { buffer: deflateSync(bytes), codec: "zlib", ...about };
}

function sample() {
  const texts = ["a bank", "the bank 😀", "BANK of"];
  const points = Int16Array.from([0, 0, 1, 1, -32768, -32768, 10, 0, 20, 0, 30, 0]);
  return {
    count: 3,
    hidden_layers: [0, 4, 8],
    texts: { buffer: deflateSync(Buffer.from(JSON.stringify(texts))), codec: "zlib" },
    spans: tensor(Int32Array.from([2, 6, 4, 8, 0, 4]), { dtype: "int32", shape: [3, 2] }),
    projections: {
      pca: {
        space: "pca",
        layers: [0, 8],
        points: tensor(points, { dtype: "int16", shape: [2, 3, 2], scale: 0.5, missing: -32768 }),
      },
    },
    groups: [
      {
        name: "sense",
        title: "sense",
        labels: ["x", "y"],
        codes: { buffer: Uint8Array.of(0, 255, 1), codec: "raw", dtype: "uint8", shape: [3] },
      },
    ],
    neighbours: {
      pca: {
        layers: [8],
        indices: tensor(Uint16Array.from([1, 2, 0, 0, 0, 0, 2, 1, 1, 1, 0, 1, 2, 2, 2]), {
          dtype: "uint16",
          shape: [1, 3, 5],
        }),
        cosines: tensor(new Uint8Array(15).fill(127), {
          dtype: "uint8",
          shape: [1, 3, 5],
          offset: -1,
          scale: 2 / 254,
        }),
      },
    },
    kin: tensor(Int32Array.from([7, 3, 7]), { dtype: "int32", shape: [3] }),
  };
}

/** @param {any} data */
function fakeModel(data) {
  /** @type {Record<string, any>} */
  const values = { data, projection: "pca", detail: {} };
  /** @type {Map<string, () => void>} */
  const listeners = new Map();
  return /** @type {any} */ ({
    get: (/** @type {string} */ name) => values[name],
    set(/** @type {string} */ name, /** @type {any} */ value) {
      values[name] = value;
      listeners.get(`change:${name}`)?.();
    },
    on: (/** @type {string} */ name, /** @type {() => void} */ heard) => listeners.set(name, heard),
    off: (/** @type {string} */ name) => listeners.delete(name),
  });
}

test("the store reads what came, finds sentences, and leaves the buffers as they were", async () => {
  const data = sample();
  await new Promise((resolve) => {
    createStore(fakeModel(data), () => resolve(null)).then((store) => {
      assert.deepEqual(Array.from(store.groups[0].codes(0)), [0, 2, 1]);
      assert.deepEqual([...data.groups[0].codes.buffer], [0, 255, 1]);
      const first = store.points("pca", 0);
      assert.deepEqual([...(first?.x ?? [])], [0, 0.5, Number.NaN]);
      assert.deepEqual([...(store.points("pca", 2)?.x ?? [])], [5, 10, 15]);
      assert.equal(store.points("pca", 1), null);
      assert.deepEqual(store.here("pca"), [0, 8]);
    });
  });
  const store = await createStore(fakeModel(data), () => {});
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(store.text(1), "the bank 😀");
  assert.deepEqual(store.span(1), [4, 8]);
  assert.deepEqual(store.find("bank"), [0, 1, 2]);
  assert.deepEqual(store.nearest(0, 2, "pca"), { items: [1, 2], cosines: [0, 0], digits: 2 });
  assert.equal(store.nearest(0, 0, "pca"), null);
});

test("a layer that is not here is waited for, and kept when Python sends it", async () => {
  const model = fakeModel(sample());
  const store = await createStore(model, () => {});
  const coming = store.wantPoints("pca", 1);
  model.set("detail", {
    hidden_layer: 4,
    projection: "pca",
    space: "pca",
    points: tensor(Int16Array.from([1, 2, 3, 4, 5, 6]), {
      dtype: "int16",
      shape: [3, 2],
      scale: 1,
    }),
    neighbours: tensor(Uint16Array.from([1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 2, 2, 2, 2]), {
      dtype: "uint16",
      shape: [3, 5],
    }),
    cosines: tensor(new Float32Array(15).fill(0.25), { dtype: "float32", shape: [3, 5] }),
  });
  assert.deepEqual([...((await coming)?.y ?? [])], [2, 4, 6]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(store.nearest(2, 1, "pca"), { items: [0], cosines: [0.25], digits: 3 });
});

test("neighbours are those of the picture in view, as many as there are", async () => {
  const data = sample();
  const centred = {
    layers: [8],
    indices: tensor(Uint16Array.from([2, 2, 0]), { dtype: "uint16", shape: [1, 3, 1] }),
    cosines: tensor(new Float32Array(3).fill(0.5), { dtype: "float32", shape: [1, 3, 1] }),
  };
  const both = {
    ...data,
    projections: { ...data.projections, centred: { ...data.projections.pca, space: "centred" } },
    neighbours: { ...data.neighbours, centred },
  };
  const store = await createStore(fakeModel(both), () => {});
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(store.nearest(1, 2, "centred")?.items, [2]);
  assert.deepEqual(store.nearest(1, 2, "pca")?.items, [0, 2]);
  assert.deepEqual([store.translationsOf(0), store.translationsOf(1)], [[2], []]);
});

test("when nobody answers, waiting ends", async () => {
  const store = await createStore(fakeModel(sample()), () => {});
  assert.equal(await store.wantPoints("pca", 1), null);
});
