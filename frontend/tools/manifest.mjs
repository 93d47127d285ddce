// The text of custom-elements.json: the catalogue and the elements run here, in a DOM without a browser.
import { join } from "node:path";
import { build } from "esbuild";
import { Window } from "happy-dom";
import { frontend } from "./bundles.mjs";

export async function manifestText() {
  const { outputFiles } = await build({
    absWorkingDir: frontend,
    entryPoints: [join("crowd-elements", "src", "manifest", "main.ts")],
    bundle: true,
    format: "esm",
    target: "es2022",
    keepNames: true,
    write: false,
    logLevel: "warning",
  });
  const window = new Window();
  // All that a browser's global scope has and Node's lacks; Node needs its own.
  for (const name of Object.getOwnPropertyNames(window)) {
    if (!(name in globalThis)) globalThis[name] = window[name];
  }
  const code = Buffer.from(outputFiles[0].contents).toString("base64");
  const { manifestText } = await import(`data:text/javascript;base64,${code}`);
  await window.happyDOM.close();
  return manifestText;
}
