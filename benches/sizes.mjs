// Bytes of each worker's WebAssembly, as built and as it travels.

import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { ROOT } from "../tests/stack/stack.mjs";

/** The goal for each, in bytes. */
export const GZIP_LIMIT = 400 * 1024;

export function sizes() {
  return ["api", "consumer", "cron"].map((name) => {
    const bytes = readFileSync(path.join(ROOT, "crates", name, "build/index_bg.wasm"));
    return { name, raw: bytes.length, gzip: gzipSync(bytes).length };
  });
}
