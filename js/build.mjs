// Builds one bundle per view: js/views/<view>.js -> bertviz_plus/static/<view>.js and .css.
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const views = readdirSync("js/views").filter((name) => name.endsWith(".js"));
await build({
  entryPoints: views.map((name) => join("js/views", name)),
  outdir: "bertviz_plus/static",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !process.argv.includes("--readable"),
  legalComments: "none",
  logLevel: "warning",
});
for (const name of views) {
  const view = basename(name, ".js");
  const size = [".js", ".css"]
    .map((suffix) => statSync(join("bertviz_plus/static", view + suffix)).size)
    .reduce((sum, bytes) => sum + bytes, 0);
  console.log(`${view}: ${(size / 1000).toFixed(1)} kB, styles included`);
}
