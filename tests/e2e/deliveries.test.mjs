// Proves the delivery engine on the real runtime: no receiver keeps another one waiting, an endpoint in order gets its
// events in order, every kind of failure is recorded by its class, and of a thousand deliveries none is lost and none is
// recorded twice however often the runtime dies.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { atOnce, count, until, useWorld } from "./support.mjs";

const world = useWorld({ domainLimit: 1000 });

const KILLS = 50;
const EVENTS = 250;
const ENDPOINTS = 4;

const deliveries = (endpoint) =>
  world.sql("SELECT v.*, e.position AS place FROM deliveries v JOIN events e ON e.id = v.event_id WHERE v.endpoint_id = ? ORDER BY e.position", endpoint.id);
const attempts = (endpoint) =>
  world.sql("SELECT a.* FROM delivery_attempts a JOIN deliveries v ON v.id = a.delivery_id WHERE v.endpoint_id = ? ORDER BY a.started_at", endpoint.id);

/** An endpoint of the organization with a receiver that answers like this. */
async function endpoint(token, answer) {
  const to = world.receiver();
  if (answer !== undefined) await to.answer(answer);
  return { to, ...(await world.endpoint(to, { token, events: ["domain.added"] })) };
}

describe("one receiver does not keep another one waiting", () => {
  test("each way to fail is recorded by its class, and the healthy one has its events at once", async () => {
    const { token } = await world.organization();
    const failing = {
      http_5xx: { status: 500 },
      http_4xx: { status: 404 },
      http_3xx: { status: 302, headers: { location: "http://169.254.169.254/latest/meta-data/" } },
      timeout: { hang: true },
      "timeout by a drip": { drip: 1_000, bodyBytes: 600 },
    };
    const made = {};
    for (const [kind, answer] of Object.entries(failing)) made[kind] = await endpoint(token, answer);
    const endless = await endpoint(token, { status: 200, bodyBytes: 50_000_000 });
    const healthy = await endpoint(token);
    const began = Date.now();
    await atOnce(4, () => world.add(undefined, { token }));
    await until("the healthy one has all", async () => (await deliveries(healthy)).every(({ state }) => state === "delivered"), 12_000);
    assert.ok(Date.now() - began < 12_000, "long before anybody's time is up");
    await world.drain();
    for (const [kind, it] of Object.entries(made)) {
      const tries = await attempts(it);
      assert.ok(tries.length >= 1, kind);
      for (const { error_class: why } of tries) assert.equal(why, kind.split(" ")[0], kind);
    }
    assert.deepEqual(count((await deliveries(endless)).map(({ state }) => state)), { delivered: 4 });
    for (const { excerpt } of await attempts(endless)) assert.ok(excerpt.length <= 16_384);
    for (const it of [...Object.values(made), endless, healthy]) {
      assert.equal((await world.api("DELETE", `/api/webhooks/${it.id}`, { token })).status, 204);
    }
  });

  test("an endpoint in order gets one event after the other, and a retry holds back the later ones", async () => {
    const { token } = await world.organization();
    const to = world.receiver();
    const { body } = await world.api("POST", "/api/webhooks", { token, body: { url: to.url, events: ["domain.added"], ordering: "fifo" } });
    await to.answer({ status: 500, times: 1 });
    await atOnce(8, () => world.add(undefined, { token }));
    await world.drain();
    const ordered = await deliveries(body.webhook);
    assert.equal((await to.messages()).length, 1, "the first one failed, the others wait");
    await world.sql("UPDATE deliveries SET next_attempt_at = 0 WHERE id = ?", ordered[0].id);
    await world.tick();
    const arrived = (await to.messages()).map(({ headers }) => headers["webhook-id"]);
    assert.deepEqual(arrived, [ordered[0].event_id, ...ordered.map((delivery) => delivery.event_id)]);
  });
});

test(`the runtime is killed ${KILLS} times during ${EVENTS * ENDPOINTS} deliveries: none is lost, none is recorded twice`, async () => {
  const { id: org, token } = await world.organization({ domainLimit: EVENTS });
  const endpoints = [];
  for (let made = 0; made < ENDPOINTS; made += 1) endpoints.push(await endpoint(token, { delayMs: 200 }));
  for (let made = 0; made < EVENTS; made += 10) await atOnce(10, () => world.add(undefined, { token }));

  let killed = 0;
  for (; killed < KILLS; killed += 1) {
    await world.control("/cron");
    await sleep(100 + ((killed * 37) % 400));
    await world.restart();
    // What a claim and a patient scheduler would wait for.
    await world.sql("UPDATE deliveries SET claimed_until = 0, woken_at = 0 WHERE state = 'pending' AND org_id = ?", org);
    await world.sql("UPDATE domains SET next_check_at = 9000000000000 WHERE org_id = ?", org);
  }
  for (const { to } of endpoints) await to.answer({ status: 200 });
  const waiting = async () => (await world.sql("SELECT COUNT(*) AS n FROM deliveries WHERE state = 'pending' AND org_id = ?", org))[0].n;
  for (let ticks = 0; ticks < 20 && (await waiting()) > 0; ticks += 1) {
    await world.sql("UPDATE deliveries SET next_attempt_at = 0 WHERE state = 'pending' AND org_id = ?", org);
    await world.tick();
  }

  const events = await world.sql("SELECT id, domain_id, seq FROM events WHERE org_id = ? AND type = 'domain.added'", org);
  assert.equal(events.length, EVENTS);
  assert.ok(events.every(({ seq }) => seq === 1), "numbered without a gap");
  for (const { id, to } of endpoints) {
    const made = await deliveries({ id });
    assert.deepEqual(count(made.map(({ state }) => state)), { delivered: EVENTS });
    const reached = new Set((await to.messages()).map(({ headers }) => headers["webhook-id"]));
    assert.deepEqual([...reached].sort(), events.map((event) => event.id).sort(), "every event reached the receiver");
    const successes = (await attempts({ id })).filter(({ status }) => status === 200);
    assert.equal(successes.length, EVENTS, "each success is recorded once");
    assert.equal(new Set(successes.map((attempt) => attempt.delivery_id)).size, EVENTS);
  }
});
