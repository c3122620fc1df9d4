// Builds one bundle per view: js/views/<view>.js -> bertviz_plus/static/<view>.js and .css.
//
// A notebook stores the bundle once per widget, so it is stored deflated and unfolds itself when it is
// imported: half the bytes for two milliseconds. `--readable` leaves it as it is, for debugging.
import { readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";

const readable = process.argv.includes("--readable");
const views = readdirSync("js/views").filter((name) => name.endsWith(".js"));

const { outputFiles } = await build({
  entryPoints: views.map((name) => join("js/views", name)),
  outdir: "bertviz_plus/static",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !readable,
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  write: false,
});

const files = outputFiles.map(({ path, text }) => ({
  path,
  view: basename(path).replace(/\.(js|css)$/, ""),
  minified: text.length,
  stored: path.endsWith(".js") && !readable ? unfoldingModule(text) : text,
}));

for (const { path, stored } of files) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, stored);
}

for (const view of new Set(files.map((file) => file.view))) {
  const parts = files.filter((file) => file.view === view);
  const minified = kilobytes(parts.map((part) => part.minified));
  const stored = kilobytes(parts.map((part) => part.stored.length));
  console.log(`${view}: ${minified} kB minified, styles included; ${stored} kB as it is stored`);
}

/**
 * Hosts import a widget's module from a blob already, so this asks no more of them.
 *
 * @param {string} code
 * @returns {string}
 */
function unfoldingModule(code) {
  const folded = deflateRawSync(code, { level: 9 }).toString("base64");
  return `const folded=Uint8Array.from(atob("${folded}"),(c)=>c.charCodeAt(0));
const unfolded=new Blob([folded]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
const url=URL.createObjectURL(new Blob([await new Response(unfolded).text()],{type:"text/javascript"}));
const {default:widget}=await import(url);
URL.revokeObjectURL(url);
export default widget;
`;
}

/** @param {number[]} sizes */
function kilobytes(sizes) {
  return (sizes.reduce((sum, size) => sum + size, 0) / 1000).toFixed(1);
}
