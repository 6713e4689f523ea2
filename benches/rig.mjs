// One workerd that holds all contestants on one D1, each reached directly on a port of its own.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Miniflare } from "miniflare";
import workerd from "workerd";

import { migratedState } from "../tests/stack/migrations.mjs";
import { ROOT } from "../tests/stack/stack.mjs";

/** A folder with a migrated D1; `remove` takes it away. */
export async function makeHome() {
  const home = mkdtempSync(path.join(tmpdir(), "dcvaas-bench-"));
  await migratedState(home, ROOT);
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** Starts the workers; resolves to `{urls: {name: base}, db, pid, stop}`. */
export async function startRig(home, workers) {
  const pidFile = path.join(home, "workerd.pid");
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    cf: false,
    d1Persist: path.join(home, "state/v3/d1"),
    unsafeRuntimeEnv: { STACK_WORKERD: workerd.default, STACK_WORKERD_PID: pidFile },
    workers: workers.map((worker) => ({ ...worker, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] })),
  });
  await miniflare.ready;
  const urls = {};
  for (const { name } of workers) urls[name] = (await miniflare.unsafeGetDirectURL(name)).origin;
  return {
    urls,
    db: await miniflare.getD1Database("DB", workers[0].name),
    pid: Number(readFileSync(pidFile, "utf8")),
    stop: () => miniflare.dispose(),
  };
}
