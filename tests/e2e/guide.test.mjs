// Proves that every step of TESTING_GUIDE.md can be copied and run, and prints what the guide says: all blocks marked
// `bash` run in order in one shell against a stack like that of `cargo xtask dev`, and each output is compared with
// the block marked `text` below it, where `…` stands for anything.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { ROOT, startStack } from "../stack/stack.mjs";

const MARK = "\u0001";

/** The steps of the guide: `{ heading, script, expected }`, in order. */
function stepsOf(guide) {
  const steps = [];
  let heading = "";
  for (const [, title, language, text] of guide.matchAll(/^## (.*)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else if (language === "bash") steps.push({ heading, script: text, expected: "" });
    else if (language === "text") steps.at(-1).expected = text;
  }
  return steps;
}

/** Runs all scripts in one shell; gives what each printed. */
async function run(scripts, cwd) {
  const file = path.join(cwd, "guide.sh");
  writeFileSync(file, scripts.map((script) => `${script}\nprintf '${MARK}'\n`).join(""));
  const shell = spawn("bash", ["-euo", "pipefail", file], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let [printed, errors] = ["", ""];
  shell.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  shell.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
  const code = await new Promise((resolve) => shell.once("close", resolve));
  return { code, errors, outputs: printed.split(MARK) };
}

const steps = stepsOf(readFileSync(path.join(ROOT, "TESTING_GUIDE.md"), "utf8"));

describe("the testing guide", () => {
  const home = mkdtempSync(path.join(tmpdir(), "dcvaas-guide-"));
  let stack;
  let result;

  before(async () => {
    stack = await startStack({ auto: true, print: () => {} });
    const { apiUrl, simulatorUrl, controlUrl, ownerEmail, orgId, token } = stack;
    mkdirSync(path.join(home, ".dcvaas"));
    writeFileSync(path.join(home, ".dcvaas/dev.json"), JSON.stringify({ apiUrl, simulatorUrl, controlUrl, ownerEmail, orgId, token }));
    result = await run(steps.map((step) => step.script), home);
  });
  after(async () => {
    await stack?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  steps.forEach(({ heading, script, expected }, index) => {
    test(`${heading}: ${script.trim().split("\n")[0]}`, () => {
      const printed = result.outputs[index];
      assert.ok(result.outputs.length > index + 1, `the shell stopped here or before: ${printed}\n${result.errors}`);
      const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      const pattern = new RegExp(`^${expected.split("…").map(literal).join(".*")}$`);
      assert.match(printed, pattern, result.errors);
    });
  });

  test("nothing went wrong on the way", () => {
    assert.equal(result.errors, "");
    assert.equal(result.code, 0);
  });
});
