// Proves on workerd that a POST with an Idempotency-Key is carried out once, however often and however quickly it is
// repeated, and that its repeat is answered alike but for secrets, of which nothing is kept.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { atOnce, count, until, useWorld } from "./support.mjs";

const world = useWorld();

const post = (path, body, key, options = {}) => world.api("POST", path, { ...options, body, headers: { "idempotency-key": key, ...options.headers } });

test("20 requests at once with one key make one domain, and all of them learn of it", async () => {
  const [hostname, key] = [world.hostname("once"), randomUUID()];
  const send = () => post("/api/domains", { hostname }, key);
  const replies = await atOnce(20, send);
  const statuses = count(replies.map(({ status, body }) => `${status} ${body.error ?? ""}`.trim()));
  assert.equal((statuses["201"] ?? 0) + (statuses["409 idempotency_in_progress"] ?? 0), 20, JSON.stringify(statuses));
  for (const { status, headers } of replies) if (status === 409) assert.equal(headers.get("retry-after"), "1");
  const first = replies.find(({ status, headers }) => status === 201 && headers.get("idempotency-replayed") === null);
  const late = await until("the answer is kept", async () => [await send()].find(({ status }) => status === 201));
  assert.equal(late.headers.get("idempotency-replayed"), "true");
  assert.deepEqual(late.body, first.body);
  assert.deepEqual((await world.namesAtCloudflare()).filter((name) => name === hostname), [hostname]);
  assert.equal((await world.sql("SELECT COUNT(*) AS n FROM domains WHERE hostname = ?", hostname))[0].n, 1);
});

test("a repeat gets the token's data again, and its text never", async () => {
  const key = randomUUID();
  const first = await post("/api/tokens", { name: "once" }, key);
  const again = await post("/api/tokens", { name: "once" }, key);
  assert.deepEqual([first.status, again.status], [201, 201]);
  assert.deepEqual(again.body, { ...first.body, token: null });
  const rows = JSON.stringify(await world.sql("SELECT * FROM idempotency_keys"));
  assert.ok(!rows.includes(first.body.token.slice(4, 68)));
});

test("the same key with another body is refused, and means nothing to another credential", async () => {
  const key = randomUUID();
  assert.equal((await post("/api/tokens", { name: "one" }, key)).status, 201);
  const other = await post("/api/tokens", { name: "two" }, key);
  assert.deepEqual([other.status, other.body.error], [409, "idempotency_key_reused"]);
  const { token } = await world.organization();
  assert.equal((await post("/api/tokens", { name: "two" }, key, { token })).status, 201);
});
