/**
 * Several views stand on one page, and every view brings its styles with it: those of one must not
 * reach into another.
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const VIEWS = readdirSync("js/views", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

for (const view of VIEWS)
  for (const file of readdirSync(`js/views/${view}`).filter((name) => name.endsWith(".css")))
    test(`all styles of ${view}/${file} stand in one block, for that view alone`, () => {
      const text = readFileSync(join("js/views", view, file), "utf8");
      const rules = text.replace(/^@import [^\n]+\n/, "").trim();
      assert.ok(rules.startsWith(`:where(.bvp-${view}) {`));
      let depth = 0;
      for (const [at, letter] of [...rules].entries()) {
        if (letter === "{") depth++;
        if (letter === "}") depth--;
        assert.ok(depth > 0 || at < rules.indexOf("{") || at === rules.length - 1);
      }
    });
