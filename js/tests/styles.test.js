/**
 * Several views stand on one page, and every view brings its styles with it: those of one must not
 * reach into another.
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const VIEWS = ["attention", "senses", "alignment"];
const CLASS = /bvp-[a-z][a-z0-9-]*/g;

/** @param {string} view */
function stylesOf(view) {
  const folder = `js/views/${view}`;
  const files = readdirSync(folder).filter((name) => name.endsWith(".css"));
  return files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}

/**
 * @param {string} file
 * @param {Map<string, string>} [found]
 * @returns {Map<string, string>} The file and all that it imports, with their texts.
 */
function imported(file, found = new Map()) {
  if (found.has(file)) return found;
  const text = readFileSync(file, "utf8");
  found.set(file, text);
  for (const [, path] of text.matchAll(/from "(\.[^"]+\.js)"/g))
    imported(join(dirname(file), path), found);
  return found;
}

/** @param {string} view */
function classesOf(view) {
  const text = [...imported(`js/views/${view}.js`).values()].join("\n");
  return new Set(["bvp", ...(text.match(CLASS) ?? [])]);
}

/** @param {string} view */
function selectorsOf(view) {
  const css = stylesOf(view).replaceAll(/\/\*.*?\*\//gs, "");
  return [...css.matchAll(/([^{}@;]+)\{/g)].flatMap(([, selectors]) =>
    selectors.split(/,(?![^(]*\))/).map((one) => one.trim()),
  );
}

for (const view of VIEWS)
  for (const other of VIEWS.filter((one) => one !== view))
    test(`styles of ${view} do not reach into ${other}`, () => {
      const known = classesOf(other);
      const reaching = selectorsOf(view).filter((selector) => {
        const classes = selector.match(/(?<=\.)bvp[a-z0-9-]*/g) ?? [];
        // A mode is told by an attribute that the attention view alone has.
        const marked = selector.includes("[data-mode");
        return classes.length && !marked && classes.every((one) => known.has(one));
      });
      assert.deepEqual(reaching, []);
    });
