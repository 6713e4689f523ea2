// The stack's own promises, which every other end-to-end test leans on.

import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";

import { settledBy } from "./ledger.mjs";
import { startStack } from "./stack.mjs";

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

async function control(path, body, init = {}) {
  const response = await fetch(stack.controlUrl + path, { method: "POST", body: JSON.stringify(body), ...init });
  return { status: response.status, body: await response.json() };
}

test("the demo organization's token opens the API", async () => {
  const response = await fetch(`${stack.apiUrl}/api/domains`, { headers: { authorization: `Bearer ${stack.token}` } });
  assert.equal(response.status, 200);
  assert.deepEqual((await response.json()).domains, []);
});

test("the port serves the dashboard, and its pages by their paths", async () => {
  for (const path of ["/", "/sign-in", "/domains"]) {
    const response = await fetch(stack.apiUrl + path);
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get("content-type"), /^text\/html/, path);
  }
});

test("SQL answers with rows, and with the reason when it is wrong", async () => {
  const rows = await control("/sql", { sql: "SELECT id FROM organizations WHERE id = ?", params: [stack.orgId] });
  assert.equal(rows.status, 200);
  assert.deepEqual(rows.body.results, [{ id: stack.orgId }]);
  const wrong = await control("/sql", { sql: "SELECT 1 FROM nowhere" });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.message, /no such table/);
});

test("cron runs to its end and idle queues are drained at once", async () => {
  assert.deepEqual((await control("/cron", { cron: "* * * * *" })).body, { outcome: "ok" });
  assert.deepEqual((await control("/drain", { timeoutMs: 20_000 })).body, { drained: true });
});

test("a killed runtime comes back on the same port with its database", async () => {
  for (const signal of ["SIGKILL", "SIGTERM"]) {
    await control("/sql", { sql: "UPDATE organizations SET name = ?", params: [signal] });
    assert.deepEqual((await control("/restart", { worker: "consumer", signal })).body, { restarted: true });
    assert.equal((await fetch(`${stack.apiUrl}/health`)).status, 200);
    const { body } = await control("/sql", { sql: "SELECT name FROM organizations" });
    assert.deepEqual(body.results, [{ name: signal }]);
    assert.deepEqual((await control("/drain", { timeoutMs: 5_000 })).body, { drained: true });
  }
});

test("the control API hears only direct callers and only what it knows", async () => {
  assert.equal((await control("/sql", {}, { headers: { origin: "http://elsewhere.example" } })).status, 403);
  const { port } = new URL(stack.controlUrl);
  const status = await new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", method: "POST", path: "/sql", headers: { host: "rebound.example" } }, (response) =>
      resolve(response.resume().statusCode),
    )
      .on("error", reject)
      .end("{}");
  });
  assert.equal(status, 403);
  assert.equal((await control("/sql", {}, { method: "GET", body: undefined })).status, 405);
  assert.equal((await control("/nothing", {})).status, 404);
  assert.equal((await control("/sql", {}, { body: "{" })).status, 400);
  assert.equal((await control("/restart", { signal: "SIGSTOP" })).status, 400);
});

test("only acknowledged, dropped and unread messages leave the books", () => {
  const read = new Set(["jobs", "dead"]);
  const cases = [
    ["QUEUE jobs 3/3 (12ms)", 3],
    ["QUEUE jobs 0/2 (1ms)", 0],
    ['Retrying message "a" on queue "jobs"...', 0],
    ['Moving message "a" on queue "jobs" to dead letter queue "dead" after 4 failed attempts...', 0],
    ['Moving message "a" on queue "jobs" to dead letter queue "unread" after 1 failed attempt...', 1],
    ['Dropped message "a" on queue "dead" after 6 failed attempts!', 1],
    ["GET /api/domains 200 OK (3ms)", 0],
  ];
  for (const [line, settled] of cases) assert.equal(settledBy(line, read), settled, line);
});
