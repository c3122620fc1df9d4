/** Views import from `shared/` and from their own folder; shared from no view; and no files in a circle. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const FILES = readdirSync("js", { recursive: true, encoding: "utf8" })
  .filter((name) => /^(shared|views|output)\b.*\.(js|css)$/.test(name))
  .map((name) => join("js", name));

/**
 * @param {string} file
 * @param {RegExp} pattern
 */
function named(file, pattern) {
  const paths = [...readFileSync(file, "utf8").matchAll(pattern)].map(([, path]) => path);
  return paths.filter((path) => path.startsWith(".")).map((path) => join(dirname(file), path));
}

/** @param {string} file Types count too: they are known to the one who imports them. */
const mentioned = (file) => named(file, /(?:from|import|@import)[ (]"([^"]+)"/g);

/** @param {string} file */
const loaded = (file) => named(file, /^(?:import|\} from)\b[^"\n]*"([^"]+)"/gm);

/** @param {string} file "attention", "senses", …; empty for what is shared. */
const viewOf = (file) => /^js\/views\/([a-z_]+)/.exec(file)?.[1] ?? "";

test("no view imports from another, and what is shared imports from none", () => {
  const reaching = FILES.flatMap((file) =>
    mentioned(file)
      .filter((other) => viewOf(other) && viewOf(other) !== viewOf(file))
      .map((other) => `${file} imports ${other}`),
  );
  assert.deepEqual(reaching, []);
});

test("files that are imported are there", () => {
  for (const file of FILES)
    for (const other of mentioned(file))
      assert.ok(FILES.includes(other) || other === "bertviz_plus/design.json", `${file}: ${other}`);
});

test("no files import each other in a circle", () => {
  /** @type {Map<string, "open" | "done">} */
  const seen = new Map();
  /** @type {(file: string, way: string[]) => void} */
  const visit = (file, way) => {
    assert.notEqual(seen.get(file), "open", `${[...way, file].join(" -> ")}`);
    if (seen.has(file)) return;
    seen.set(file, "open");
    for (const other of loaded(file)) if (FILES.includes(other)) visit(other, [...way, file]);
    seen.set(file, "done");
  };
  for (const file of FILES) visit(file, []);
});
