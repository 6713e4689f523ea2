// What every benchmark is told, and where its results are kept.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { ROOT } from "../tests/stack/stack.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    connections: { type: "string", default: "8" },
  },
});

/** `{rounds, seconds, connections}`. */
export const options = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));

export function machine() {
  const git = (...args) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  const { version } = JSON.parse(readFileSync(path.join(ROOT, "node_modules/workerd/package.json"), "utf8"));
  return { date: new Date().toISOString(), commit: git("describe", "--always", "--dirty"), cpu: cpus()[0].model, cpus: cpus().length, workerd: version };
}

/** Writes the figures to `benches/results/<name>.json`. */
export function keep(name, results) {
  const folder = path.join(ROOT, "benches/results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(results, null, 2));
}
