// Puts load on one address with wrk, and reads what it cost.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SCRIPT = fileURLToPath(new URL("load.lua", import.meta.url));
const TICKS_PER_SECOND = 100;

/**
 * Runs wrk for `seconds`; resolves to `{rate, p50, p99, cpu, failed}`: answers a second, milliseconds, milliseconds of
 * workerd's processor time per request (undefined where the system does not tell; it hardly depends on what else the
 * machine does), and requests without a good answer. More than one in a hundred of those is an error.
 */
export async function load(url, { seconds, connections, headers, pid }) {
  const args = ["--threads", "1", "--connections", String(connections), "--duration", `${seconds}s`, "--script", SCRIPT];
  for (const [name, value] of Object.entries(headers)) args.push("--header", `${name}: ${value}`);
  const before = cpuMs(pid);
  const { stdout } = await promisify(execFile)("wrk", [...args, url]);
  const used = cpuMs(pid) - before;
  const { requests, seconds: took, p50, p99, failed } = JSON.parse(stdout.trim().split("\n").at(-1));
  if (failed * 100 > requests || requests === 0) throw new Error(`${url}: ${failed} of ${requests} requests failed`);
  return { rate: (requests - failed) / took, p50, p99, cpu: Number.isNaN(used) ? undefined : used / requests, failed };
}

function cpuMs(pid) {
  try {
    // proc(5): the name may hold spaces, so counted from behind it; fields 14 and 15 are utime and stime.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  } catch {
    return NaN;
  }
}
