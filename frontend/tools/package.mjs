// Fills crowd-elements/dist with what the package carries; run by npm before it packs.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dist, frontend } from "./bundles.mjs";

const room = join(frontend, "crowd-elements");
const target = join(room, "dist");
const node = (...args) => execFileSync(process.execPath, args, { cwd: frontend, stdio: "inherit" });

node("build.mjs");
rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, "css"), { recursive: true });
for (const file of [
  "crowd-html-elements.js",
  "crowd-html-elements-v2.js",
  "custom-elements.json",
  "licenses.txt",
]) {
  copyFileSync(join(dist, file), join(target, file));
}
// Templates with V2 elements link a stylesheet of this name; the elements bring their own styles.
writeFileSync(join(target, "css", "crowd-html-elements-v2.css"), "");
copyFileSync(join(frontend, "..", "LICENSE"), join(room, "LICENSE"));
node(
  join("node_modules", "typescript", "bin", "tsc"),
  "-p",
  join("crowd-elements", "tsconfig.types.json"),
);
