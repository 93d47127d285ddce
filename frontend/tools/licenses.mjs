// The licenses of what others wrote and the bundles contain: they ask to be told with every copy.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { frontend } from "./bundles.mjs";

const PACKAGE = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** @param {Iterable<string>} files the sources of the bundles, from `frontend` */
export function licensesText(files) {
  const names = new Set(Array.from(files, (file) => PACKAGE.exec(file)?.[1]).filter(Boolean));
  const parts = [...names].sort().map((name) => {
    const folder = join(frontend, "node_modules", name);
    const license = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    if (!license) throw new Error(`${name} has no license file`);
    return `${name}\n\n${readFileSync(join(folder, license), "utf8").trim()}\n`;
  });
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}
