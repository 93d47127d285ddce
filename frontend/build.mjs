// One IIFE bundle an entry: every <workspace>/src/bundles/<name>.ts becomes dist/<name>.js.
// dist/bundles.json lists each bundle with its size and SHA-256, dist/custom-elements.json is the catalogue of the crowd
// elements, dist/licenses.txt is for what others wrote. The same sources give the same bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, context } from "esbuild";
import { dist, options, release } from "./tools/bundles.mjs";
import { licensesText } from "./tools/licenses.mjs";
import { manifestText } from "./tools/manifest.mjs";

if (process.argv.includes("--watch")) {
  await (await context({ ...options, sourcemap: "inline", logLevel: "info" })).watch();
} else {
  // File by file, each in one step: a page that is being served meanwhile never misses its script.
  mkdirSync(dist, { recursive: true });
  const { outputFiles, metafile } = await build({ ...options, ...release, metafile: true });
  const put = (name, body) => {
    writeFileSync(join(dist, `.${name}`), body);
    renameSync(join(dist, `.${name}`), join(dist, name));
  };
  const bundles = {};
  for (const { path, contents } of outputFiles.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    put(basename(path), contents);
    const sha256 = createHash("sha256").update(contents).digest("hex");
    bundles[basename(path)] = { bytes: contents.length, sha256 };
  }
  const lists = {
    "bundles.json": `${JSON.stringify(bundles, null, 2)}\n`,
    "custom-elements.json": await manifestText(),
    "licenses.txt": licensesText(Object.keys(metafile.inputs)),
  };
  for (const [name, text] of Object.entries(lists)) put(name, text);
  for (const file of readdirSync(dist)) {
    if (!(file in lists) && !(file in bundles)) rmSync(join(dist, file));
  }
}
