// Prints what the crowd script weighs, minified and gzipped: the whole, each element's own folder, and what they share.
// With --write the table goes into the package's README.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { frontend, options, release } from "./bundles.mjs";

const SOURCES = join("crowd-elements", "src");
const README = join(frontend, "crowd-elements", "README.md");
const MARKS = /(<!-- size -->\n).*?(<!-- \/size -->)/s;

/** The row of the table to which a file of the bundle belongs. */
function rowOf(file) {
  const [room, , folder, part] = file.split("/");
  if (/\bjson5\b/.test(file)) return "JSON5";
  if (room === "node_modules") return "Lit";
  if (room !== "crowd-elements") return "Shared parts";
  if (folder === "shared" && part?.includes(".") === false) return `Shared parts: ${part}`;
  return part === undefined || folder === "shared" || folder === "bundles"
    ? "Shared parts"
    : folder;
}

const bundle = (more) => build({ ...options, ...release, metafile: true, ...more });

/** The gzipped size of some files by themselves, minified together. */
async function gzipOf(files) {
  const own = new Set(files.map((file) => join(frontend, file)));
  const others = {
    name: "others",
    setup: ({ onResolve }) =>
      onResolve({ filter: /.*/ }, ({ kind, path, resolveDir }) =>
        kind === "entry-point" || own.has(join(resolveDir, path))
          ? undefined
          : { path, external: true },
      ),
  };
  const contents = files.map((file) => `export * from "./${file}";`).join("\n");
  const { outputFiles } = await bundle({
    entryPoints: undefined,
    stdin: { contents, resolveDir: frontend },
    format: "esm",
    plugins: [others, ...release.plugins],
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

const { outputFiles, metafile } = await bundle({
  entryPoints: [join(SOURCES, "bundles", "crowd-html-elements.ts")],
});
const [{ inputs }] = Object.values(metafile.outputs);
const rows = new Map();
for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
  const row = rows.get(rowOf(file)) ?? { bytes: 0, files: [] };
  row.bytes += bytesInOutput;
  row.files.push(file);
  rows.set(rowOf(file), row);
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
const line = (name, bytes, gzipped) => `| ${name} | ${kilobytes(bytes)} | ${kilobytes(gzipped)} |`;
const lines = [
  "| | minified, kB | gzipped, kB |",
  "| --- | --: | --: |",
  line(
    "**the whole script**",
    outputFiles[0].contents.length,
    gzipSync(outputFiles[0].contents, { level: 9 }).length,
  ),
];
const isElement = (name) => !/^[A-Z]/.test(name);
const order = [...rows].sort(
  ([a], [b]) => Number(isElement(b)) - Number(isElement(a)) || (a < b ? -1 : 1),
);
for (const [name, { bytes, files }] of order) {
  lines.push(line(isElement(name) ? `\`${name}\`` : name, bytes, await gzipOf(files)));
}
const table = `${lines.join("\n")}\n`;
process.stdout.write(table);
if (process.argv.includes("--write")) {
  const text = readFileSync(README, "utf8");
  if (!MARKS.test(text)) throw new Error(`${README} has no place for the table`);
  writeFileSync(
    README,
    text.replace(MARKS, (_, start, end) => `${start}${table}${end}`),
  );
}
