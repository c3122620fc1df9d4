// Builds, into bertviz_plus/static/, for each view js/views/<view>.js:
//
// <view>.js         the widget's module, deflated: it unfolds itself when it is imported, half the bytes for
//                   two milliseconds
// <view>.drawn.js   the same as a script, for outputs, which deflate all that they store
// <view>.css
//
// and loader.js, the script of every output. `--readable` leaves code as it is, for debugging.
import { readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";

const readable = process.argv.includes("--readable");
const views = readdirSync("js/views").filter((name) => name.endsWith(".js"));

/**
 * Puts constants in place of what `design.js` reads from design.json.
 *
 * @type {import("esbuild").Plugin}
 */
const designAsConstants = {
  name: "design as constants",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]design\.js$/ }, async ({ path }) => {
      const constants = Object.entries(await import(pathToFileURL(path).href));
      const lines = constants.map(
        ([name, value]) => `export const ${name}=${JSON.stringify(value, withoutComments)}`,
      );
      return { contents: lines.join("\n") };
    });
  },
};

/** @type {import("esbuild").BuildOptions & { write: false }} */
const options = {
  outdir: "bertviz_plus/static",
  bundle: true,
  target: "es2022",
  minify: !readable,
  legalComments: "none",
  charset: "utf8",
  plugins: [designAsConstants],
  logLevel: "warning",
  write: false,
};
const modules = await build({
  ...options,
  entryPoints: views.map((name) => join("js/views", name)),
  format: "esm",
});
const loader = await build({ ...options, entryPoints: ["js/output/loader.js"], format: "iife" });
const drawn = await Promise.all(views.map(buildScript));

const files = modules.outputFiles.map(({ path, text }) => ({
  path,
  view: basename(path).replace(/\.(js|css)$/, ""),
  minified: text.length,
  stored: path.endsWith(".js") && !readable ? unfoldingModule(text) : text,
}));

// The loader comes last: where it is, everything is.
const scripts = [...drawn, ...loader.outputFiles].map(({ path, text }) => ({ path, stored: text }));
for (const { path, stored } of [...files, ...scripts]) {
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
 * @param {string} name
 * @returns {Promise<{ path: string, text: string }>} A view's drawing code, as a script that offers it.
 */
async function buildScript(name) {
  const { outputFiles } = await build({
    ...options,
    stdin: {
      contents: `import widget from "./views/${name}"; import { offer } from "./shared/draw.js"; offer(widget);`,
      resolveDir: "js",
    },
    format: "iife",
  });
  const [code] = outputFiles.filter(({ path }) => path.endsWith(".js"));
  return { path: join(dirname(code.path), name.replace(/js$/, "drawn.js")), text: code.text };
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

/** @param {string} key @param {unknown} value */
function withoutComments(key, value) {
  return key === "about" ? undefined : value;
}

/** @param {number[]} sizes */
function kilobytes(sizes) {
  return (sizes.reduce((sum, size) => sum + size, 0) / 1000).toFixed(1);
}
