// One IIFE bundle an entry: every <workspace>/src/bundles/<name>.ts becomes dist/<name>.js.
// dist/bundles.json lists each bundle with its size and SHA-256; the same sources give the same bytes.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, context } from "esbuild";

const here = import.meta.dirname;
const { workspaces } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const entries = workspaces
  .map((room) => join(room, "src", "bundles"))
  .filter((folder) => existsSync(join(here, folder)))
  .flatMap((folder) => readdirSync(join(here, folder)).map((file) => join(folder, file)));

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
  rmSync(options.outdir, { recursive: true, force: true });
  mkdirSync(options.outdir);
  await build(options);
  const bundles = readdirSync(options.outdir)
    .sort()
    .map((file) => {
      const body = readFileSync(join(options.outdir, file));
      return [
        file,
        { bytes: body.length, sha256: createHash("sha256").update(body).digest("hex") },
      ];
    });
  writeFileSync(
    join(options.outdir, "bundles.json"),
    `${JSON.stringify(Object.fromEntries(bundles), null, 2)}\n`,
  );
}
