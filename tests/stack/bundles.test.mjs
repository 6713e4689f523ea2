import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { ROOT } from "./stack.mjs";

/** 400 KiB after gzip, as wrangler counts: an isolate compiles what it loads, and a cold start waits for it. */
const BUDGET = 400 * 1024;

for (const worker of ["api", "consumer", "cron"]) {
  test(`the ${worker} worker's WASM stays within its budget`, (t) => {
    const wasm = readFileSync(path.join(ROOT, "crates", worker, "build/index_bg.wasm"));
    const zipped = gzipSync(wasm, { level: 9 }).length;
    t.diagnostic(`${wasm.length} bytes, ${zipped} after gzip`);
    assert.ok(zipped <= BUDGET, `${zipped} bytes`);
  });
}
