// One IIFE bundle an entry: every <workspace>/src/bundles/<name>.ts becomes dist/<name>.js.
// dist/bundles.json lists each bundle with its size and SHA-256; the same sources give the same bytes.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { build, context } from "esbuild";

const here = import.meta.dirname;
const { workspaces } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const entries = workspaces
  .map((room) => join(room, "src", "bundles"))
  .filter((folder) => existsSync(join(here, folder)))
  .flatMap((folder) => readdirSync(join(here, folder)).map((file) => join(folder, file)));

/** Indentation inside our HTML and CSS templates means nothing and is a tenth of a bundle. */
const dedent = {
  name: "dedent",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/\n\s+/g, "\n"),
      loader: "ts",
    })),
};

/** @type {import("esbuild").BuildOptions} */
const options = {
  absWorkingDir: here,
  entryPoints: entries.map((path) => ({
    in: path,
    out: path.split("/").at(-1).replace(/\.ts$/, ""),
  })),
  outdir: join(here, "dist"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  await (await context({ ...options, sourcemap: "inline", logLevel: "info" })).watch();
} else {
  // File by file, each in one step: a page that is being served meanwhile never misses its script.
  mkdirSync(options.outdir, { recursive: true });
  const { outputFiles } = await build({ ...options, plugins: [dedent], write: false });
  const put = (name, body) => {
    writeFileSync(join(options.outdir, `.${name}`), body);
    renameSync(join(options.outdir, `.${name}`), join(options.outdir, name));
  };
  const bundles = {};
  for (const { path, contents } of outputFiles.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    put(basename(path), contents);
    const sha256 = createHash("sha256").update(contents).digest("hex");
    bundles[basename(path)] = { bytes: contents.length, sha256 };
  }
  put("bundles.json", `${JSON.stringify(bundles, null, 2)}\n`);
  for (const file of readdirSync(options.outdir)) {
    if (file !== "bundles.json" && !(file in bundles)) rmSync(join(options.outdir, file));
  }
}
