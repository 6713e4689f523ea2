import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { GZIP_LIMIT } from "../../benches/sizes.mjs";
import { ROOT } from "./stack.mjs";

/**
 * Bytes after gzip: an isolate compiles what it loads, and a cold start waits for it. The goal is 400 KiB; the api is
 * above it since people also sign in by their own provider and changes of an organization are told, and may not grow
 * further until it is below again.
 */
const BUDGETS = { api: 444 * 1024, consumer: GZIP_LIMIT, cron: GZIP_LIMIT };

for (const [worker, budget] of Object.entries(BUDGETS)) {
  test(`the ${worker} worker's WASM stays within its budget`, (t) => {
    const wasm = readFileSync(path.join(ROOT, "crates", worker, "build/index_bg.wasm"));
    const zipped = gzipSync(wasm, { level: 9 }).length;
    t.diagnostic(`${wasm.length} bytes, ${zipped} after gzip`);
    assert.ok(zipped <= budget, `${zipped} bytes`);
  });
}
