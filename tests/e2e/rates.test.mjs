// Proves on workerd how often a caller may ask: the count is exact with 200 requests at once, because one Durable
// Object counts for all isolates; unknown credentials are limited by address; uses of a token come into the database.

import assert from "node:assert/strict";
import { test } from "node:test";

import { atOnce, count, newToken, until, useWorld } from "./support.mjs";

const world = useWorld();

const ask = (token, headers) => world.api("GET", "/api/domains?limit=1", { token, headers });

test("of 200 requests at once exactly the plan's 100 get through", async () => {
  const { token } = await world.organization({ plan: "pro", requestsPerMinute: null });
  const replies = await atOnce(200, () => ask(token));
  assert.deepEqual(count(replies.map(({ status }) => status)), { 200: 100, 429: 100 });
  const left = replies.map(({ headers }) => Number(/^"default";r=(\d+);t=\d+$/.exec(headers.get("ratelimit"))[1]));
  assert.deepEqual(left.toSorted((a, b) => a - b), [...Array(100).fill(0), ...Array(100).keys()]);
  for (const { status, headers, body } of replies) {
    assert.equal(headers.get("ratelimit-policy"), '"default";q=100;w=60');
    if (status !== 429) continue;
    const wait = Number(headers.get("retry-after"));
    assert.ok(wait >= 1 && wait <= 60);
    assert.equal(body.type, "https://iana.org/assignments/http-problem-types#quota-exceeded");
    assert.deepEqual(body["violated-policies"], ["default"]);
  }
});

test("all tokens of an organization share its quota, and another organization has its own", async () => {
  const { id, token } = await world.organization({ requestsPerMinute: 10 });
  const made = await world.api("POST", "/api/tokens", { token, body: { name: "second", scopes: ["domains:read"] } });
  assert.equal(made.status, 201);
  const replies = await atOnce(20, (n) => ask(n % 2 ? token : made.body.token));
  assert.deepEqual(count(replies.map(({ status }) => status)), { 200: 9, 429: 11 });
  await world.sql("UPDATE organizations SET requests_per_minute = 1000 WHERE id = ?", id);
  assert.equal((await ask(token)).status, 200, "an operator's override counts at once");
  assert.equal((await ask(world.token)).status, 200);
});

test("an address may show only so many credentials that are not known", async () => {
  const from = { "cf-connecting-ip": "192.0.2.77" };
  const statuses = await atOnce(320, async () => (await ask(newToken(), from)).status);
  assert.deepEqual(count(statuses), { 401: 300, 429: 20 });
  const refused = await ask(newToken(), from);
  assert.equal(refused.status, 429);
  assert.deepEqual(refused.body["violated-policies"], ["address"]);
  assert.equal((await ask(newToken(), { "cf-connecting-ip": "192.0.2.78" })).status, 401);
});
