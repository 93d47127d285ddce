// Builds all bundles into a folder each time a line comes in, and answers with a line: a JSON array of what is wrong.
// For the preview, which serves them from there; dist stays as `npm run build` has made it.
import { renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { context } from "esbuild";
import { options } from "./bundles.mjs";

const folder = process.argv[2];
const builder = await context({
  ...options,
  minify: false,
  sourcemap: "inline",
  write: false,
  logLevel: "silent",
});

for await (const _ of createInterface({ input: process.stdin })) {
  const faults = [];
  try {
    const { outputFiles } = await builder.rebuild();
    for (const { path, contents } of outputFiles) {
      // In one step: a page that is loading meanwhile never gets half a script.
      const part = join(folder, `.${basename(path)}`);
      writeFileSync(part, contents);
      renameSync(part, join(folder, basename(path)));
    }
  } catch (error) {
    for (const { text, location } of error.errors ?? [{ text: String(error) }]) {
      faults.push({
        text,
        file: location?.file ?? "",
        line: location?.line ?? null,
        column: location ? location.column + 1 : null,
        source: location?.lineText ?? "",
      });
    }
  }
  console.log(JSON.stringify(faults));
}
await builder.dispose();
