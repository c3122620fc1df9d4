/** Colours, and what Python draws with too, stand in `bertviz_plus/design.json` alone. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import design from "../../bertviz_plus/design.json" with { type: "json" };
import { makeTheme } from "../shared/theme.js";

test("no colour stands in the front end's own files", () => {
  const files = readdirSync("js", { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(js|css|mjs)$/.test(name) && !name.startsWith("tests"))
    .map((name) => `js/${name}`);
  const found = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/["\s:(]#[0-9a-f]{3,8}\b|rgba?\(\s*\d/gi)].map(
      ([colour]) => `${file}: ${colour}`,
    ),
  );
  assert.deepEqual(found, []);
});

/** @param {number[]} rgb */
const hex = (rgb) => `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;

test("a theme has the colours that design.json gives it, each in its role", () => {
  for (const dark of [false, true]) {
    const colours = design.palette[dark ? "dark" : "light"];
    const theme = makeTheme(dark, [1, 2, 3], "");
    const { ink, soft, hair, negative, positive, link, heads, rampRgb } = theme;
    const roles = { ink, soft, hairline: hair, negative, positive, link, missing: rampRgb[255] };
    for (const [role, rgb] of Object.entries(roles))
      assert.equal(hex(rgb), colours[/** @type {keyof typeof roles} */ (role)], role);
    assert.deepEqual(heads.map(hex), colours.heads);
    assert.equal(hex(rampRgb[254]), colours.ramp[8]);
    assert.deepEqual(rampRgb[0], [1, 2, 3]);
  }
});
