// Proves on workerd's D1 that the audit log is numbered and sealed, cannot be changed, and that an export can be
// verified by whoever knows how a hash is made.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256, useWorld } from "./support.mjs";

const world = useWorld();

/** A row as it is hashed: the members of its detail are sorted by name. */
function hashOf(before, orgId, row) {
  const sorted = (value) =>
    value === null || typeof value !== "object" ? value
    : Array.isArray(value) ? value.map(sorted)
    : Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
  const { position, id, actorKind, actorId, action, subjectId, detail, requestId, address, createdAt } = row;
  return sha256(`${before}\n${JSON.stringify([
    position, id, orgId, actorKind, actorId, action, subjectId, sorted(detail), requestId, address, Date.parse(createdAt),
  ])}`);
}

test("what is done is numbered, sealed by the scheduler, and holds without us", async () => {
  await world.add();
  const made = await world.api("POST", "/api/tokens", { body: { name: "audited" }, headers: { "cf-connecting-ip": "192.0.2.9" } });
  assert.equal(made.status, 201);
  await world.tick();
  await world.tick();
  const { status, body } = await world.api("GET", "/api/audit-logs/export");
  assert.equal(status, 200);
  assert.deepEqual([body.orgId, body.start, body.nextAfter], [world.orgId, { position: 0, hash: "" }, null]);
  let before = "";
  for (const [index, row] of body.auditLogs.entries()) {
    assert.equal(row.position, index + 1);
    assert.equal(row.hash, hashOf(before, body.orgId, row), JSON.stringify(row));
    before = row.hash;
  }
  assert.deepEqual(body.head, { position: body.auditLogs.length, hash: before });
  const row = body.auditLogs.find(({ subjectId }) => subjectId === made.body.tokenMeta.id);
  assert.deepEqual([row.action, row.actorKind, row.address], ["token.create", "token", "192.0.2.9"]);
  const csv = await world.api("GET", "/api/audit-logs/export?format=csv");
  assert.equal(csv.headers.get("content-type"), "text/csv");
  assert.equal(csv.text.split("\r\n").length, body.auditLogs.length + 2);
});

test("the database itself refuses to change or delete a row", async () => {
  const before = await world.sql("SELECT * FROM audit_logs ORDER BY id");
  for (const sql of ["UPDATE audit_logs SET detail = '{}'", "UPDATE audit_logs SET hash = NULL", "DELETE FROM audit_logs"]) {
    await assert.rejects(world.sql(sql), /cannot be/, sql);
  }
  assert.deepEqual(await world.sql("SELECT * FROM audit_logs ORDER BY id"), before);
});
