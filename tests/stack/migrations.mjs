// Brings a stack's D1 up to the repository's migrations, by wrangler's own command.
//
// That command takes seconds, so it runs once per set of migrations: a new state starts as a copy of a template, and
// an old one is only touched when its stamp differs.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const WRANGLER = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));
const DATABASE = "dcvaas-db";
const STAMP = "migrations.sha256";

/** Makes sure that `home/state` exists and has every migration of `root`. */
export async function migratedState(home, root) {
  const state = path.join(home, "state");
  const wanted = fingerprint(path.join(root, "migrations"));
  const stamp = path.join(state, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  if (existsSync(state)) {
    await apply(state, root);
    writeFileSync(stamp, wanted);
    return;
  }

  const templates = path.join(root, "target/stack");
  const template = path.join(templates, wanted.slice(0, 16));
  if (!existsSync(template)) {
    // Built beside and then renamed: tests that start at the same time must not see half of one.
    mkdirSync(templates, { recursive: true });
    const building = mkdtempSync(`${template}.`);
    await apply(building, root);
    writeFileSync(path.join(building, STAMP), wanted);
    try {
      renameSync(building, template);
    } catch {
      rmSync(building, { recursive: true, force: true });
    }
  }
  cpSync(template, state, { recursive: true });
}

function fingerprint(folder) {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith(".sql")) hash.update(name).update("\0").update(readFileSync(path.join(folder, name))).update("\0");
  }
  return hash.digest("hex");
}

async function apply(state, root) {
  const config = path.join(root, "wrangler.api.toml");
  const { MINIFLARE_WORKERD_PATH: _ours, ...env } = process.env;
  await promisify(execFile)(
    process.execPath,
    [WRANGLER, "d1", "migrations", "apply", DATABASE, "--local", "-c", config, "--persist-to", state],
    { cwd: root, env: { ...env, CI: "true" } },
  );
}
