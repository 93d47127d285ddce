// Prints what the crowd script weighs, minified and gzipped: the whole, each element's own folder, what they share, and
// what a script with one element only would weigh.
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

const gzipped = (contents) => gzipSync(contents, { level: 9 }).length;

/** Some files in one module; `plugins` may leave out what they import. */
async function together(files, plugins = []) {
  const contents = files.map((file) => `export * from "./${file}";`).join("\n");
  const { outputFiles } = await bundle({
    entryPoints: undefined,
    stdin: { contents, resolveDir: frontend },
    format: "esm",
    plugins: [...plugins, ...release.plugins],
  });
  return outputFiles[0].contents;
}

/** Leaves out all but the files themselves. */
function only(files) {
  const own = new Set(files.map((file) => join(frontend, file)));
  return {
    name: "only",
    setup: ({ onResolve }) =>
      onResolve({ filter: /.*/ }, ({ kind, path, resolveDir }) =>
        kind === "entry-point" || own.has(join(resolveDir, path))
          ? undefined
          : { path, external: true },
      ),
  };
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
const row = (...cells) => `| ${cells.join(" | ")} |`;
const whole = outputFiles[0].contents;
const lines = [
  row("", "minified, kB", "gzipped, kB", "with all it needs, minified", "gzipped"),
  row("---", "--:", "--:", "--:", "--:"),
  row("**the whole script**", kilobytes(whole.length), kilobytes(gzipped(whole)), "", ""),
];
const isElement = (name) => !/^[A-Z]/.test(name);
const order = [...rows].sort(
  ([a], [b]) => Number(isElement(b)) - Number(isElement(a)) || (a < b ? -1 : 1),
);
for (const [name, { bytes, files }] of order) {
  const own = [kilobytes(bytes), kilobytes(gzipped(await together(files, [only(files)])))];
  if (isElement(name)) {
    const alone = await together(files);
    lines.push(row(`\`${name}\``, ...own, kilobytes(alone.length), kilobytes(gzipped(alone))));
  } else {
    lines.push(row(name, ...own, "", ""));
  }
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
