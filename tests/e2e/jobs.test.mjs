// Proves on workerd what an organization is told of background work that does not come to its end: a mail that the
// service refuses, and a message that the queue really puts to the dead letters, which takes its five retries.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";

import { hex, until, useWorld } from "./support.mjs";

const world = useWorld();

/** The owner of the demo organization invites somebody, which is a mail; answers with the address. */
async function invite() {
  const email = `${hex(6)}@people.example`;
  const path = `/api/orgs/${world.orgId}/members/invite`;
  const reply = await world.api("POST", path, { token: null, headers: await world.session(), body: { email, role: "member" } });
  assert.equal(reply.status, 201, reply.text);
  return email;
}

/** The one event of that type that the receiver got, with its signature verified. */
async function heard(to, endpoint, type, timeoutMs) {
  await until(type, async () => (await to.events(type)).length > 0, timeoutMs);
  const [message, ...more] = (await to.messages()).filter(({ headers }) => headers["x-dcvaas-event"] === type);
  assert.deepEqual(more, []);
  return new Webhook(endpoint.signingSecret).verify(message.body, message.headers);
}

test("a mail that is refused is given up, and who listens hears whom it does not reach", async () => {
  const to = world.receiver();
  const endpoint = await world.endpoint(to, { events: ["job.failed"] });
  await world.breakUpstream("mail", { status: 422, times: 1 });
  const email = await invite();
  await world.drain();
  const body = await heard(to, endpoint, "job.failed");
  assert.deepEqual([body.jobType, body.mailKind, body.to, body.attempts, body.orgId], ["send_mail", "invitation", email, 1, world.orgId]);
  const [{ state }] = await world.sql("SELECT state FROM mails WHERE to_address = ?", email);
  assert.equal(state, "failed");
});

test("a message that becomes a dead letter is told of once, and its work is done all the same", { timeout: 150_000 }, async () => {
  const to = world.receiver();
  const endpoint = await world.endpoint(to, { events: ["job.dlq"] });
  // Every claim of a mail breaks, as if the database were sick.
  await world.sql("CREATE TRIGGER sick BEFORE UPDATE OF claim ON mails BEGIN SELECT RAISE(ABORT, 'sick'); END");
  const email = await invite();
  const body = await heard(to, endpoint, "job.dlq", 100_000);
  assert.deepEqual([body.jobType, body.mailKind, body.to, body.attempts], ["send_mail", "invitation", email, 6]);
  await world.sql("DROP TRIGGER sick");
  await world.drain();
  await world.sql("UPDATE mails SET woken_at = 0 WHERE to_address = ?", email);
  await world.tick();
  const [{ state }] = await world.sql("SELECT state FROM mails WHERE to_address = ?", email);
  assert.equal(state, "sent");
  assert.equal((await to.events("job.dlq")).length, 1);
});
