// Sends the API what a fuzzer makes of its own document (schemathesis), with a valid token and with none: no answer may
// be a fault of ours, undeclared, or otherwise than declared. `cargo xtask test fuzz` runs it in full.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";

import { ROOT, startStack } from "../stack/stack.mjs";

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2_000);
const SCHEMATHESIS = process.env.SCHEMATHESIS ?? "schemathesis";
const CHECKS = [
  "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance", "response_schema_conformance",
];
/** Examples of one operation in one round: more find less that is new. */
const EXAMPLES = 40;

let stack;
before(async () => {
  stack = await startStack({ print: () => {} });
  await stack.sql("UPDATE organizations SET domain_limit = 1000000, requests_per_minute = 100000000");
});
after(() => stack?.stop());

/** One round; answers with how many requests it made and what it said. */
function round(seed, headers) {
  const args = ["run", path.join(ROOT, "openapi.json"), "--url", stack.apiUrl, "--checks", CHECKS.join(","), "--phases", seed === 1 ? "examples,coverage,fuzzing" : "fuzzing"];
  args.push("--max-examples", String(EXAMPLES), "--seed", String(seed), "--workers", "1", "--continue-on-failure", "--warnings", "off");
  args.push("--generation-database", "none", "--suppress-health-check", "all", "--no-color");
  for (const header of headers) args.push("--header", header);
  return new Promise((resolve, reject) => {
    const child = spawn(SCHEMATHESIS, args, { cwd: stack.home, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    child.once("error", reject);
    child.once("exit", (code) => {
      const made = /(\d[\d,]*) generated/.exec(said)?.[1].replaceAll(",", "");
      resolve({ code, made: Number(made ?? 0), said });
    });
  });
}

async function fuzz(t, headers) {
  let made = 0;
  for (let seed = 1; made < REQUESTS / 2; seed += 1) {
    const { code, made: more, said } = await round(seed, headers);
    assert.equal(code, 0, `seed ${seed}:\n${said.slice(-20_000)}`);
    assert.ok(more > 0, said);
    made += more;
  }
  t.diagnostic(`${made} requests`);
}

test("with a valid token every answer is declared, and none is a fault of ours", (t) => fuzz(t, [`Authorization: Bearer ${stack.token}`]));

test("without a credential too", (t) => fuzz(t, []));
