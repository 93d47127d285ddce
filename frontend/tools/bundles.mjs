// How a bundle is made: for the build, and for what measures bundles.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const frontend = join(import.meta.dirname, "..");
export const dist = join(frontend, "dist");

const { workspaces } = JSON.parse(readFileSync(join(frontend, "package.json"), "utf8"));
const entries = workspaces
  .map((room) => join(room, "src", "bundles"))
  .filter((folder) => existsSync(join(frontend, folder)))
  .flatMap((folder) => readdirSync(join(frontend, folder)).map((file) => join(folder, file)));

/** Indentation inside our HTML and CSS templates means nothing and is a tenth of a bundle. */
const dedent = {
  name: "dedent",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/\n\s+/g, "\n"),
      loader: "ts",
    })),
};

/** Of json5 only the parser, without its tables of Unicode. */
const slimJson5 = {
  name: "slim-json5",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^json5$/ }, () => ({ path: join(import.meta.dirname, "json5.mjs") }));
    onResolve({ filter: /^(\.\.\/lib|\.)\/unicode$/ }, ({ importer }) =>
      importer.includes("/json5/")
        ? { path: join(import.meta.dirname, "json5-unicode.mjs") }
        : undefined,
    );
  },
};

/** For files that are kept: nothing is written yet. */
export const release = { plugins: [slimJson5, dedent], write: false };

/** @type {import("esbuild").BuildOptions} */
export const options = {
  absWorkingDir: frontend,
  entryPoints: entries.map((path) => ({
    in: path,
    out: path.split("/").at(-1).replace(/\.ts$/, ""),
  })),
  outdir: dist,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  plugins: [slimJson5],
  logLevel: "warning",
};
