// Proves that limits hold when everything happens at once: the number of domains and of webhook endpoints that a plan
// (or an operator's override) allows, and that one hostname belongs to one organization. What is refused costs
// Cloudflare nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { atOnce, count, until, useWorld } from "./support.mjs";

const world = useWorld();

/** Statuses of parallel adds, and the refusals among them. */
async function addAtOnce(size, name, token) {
  const replies = await atOnce(size, (index) =>
    world.api("POST", "/api/domains", { token, body: { hostname: name(index) } }),
  );
  return { statuses: count(replies.map((reply) => reply.status)), refusals: replies.filter((r) => r.status !== 201) };
}

test("50 parallel adds on a limit of 3 make exactly 3, here and at Cloudflare", async () => {
  const { id, token } = await world.organization({ domainLimit: 3 });
  await world.forgetCalls();
  const { statuses, refusals } = await addAtOnce(50, (index) => `race-${index}.example.com`, token);
  assert.deepEqual(statuses, { 201: 3, 402: 47 });
  for (const { body } of refusals) {
    assert.equal(body.error, "limit_reached");
    assert.equal(body.limit, 3);
    assert.equal(body.current, 3);
    assert.equal(body.plan, "agency");
    assert.equal(body.upgradeTo, null);
    assert.match(body.message, /3 domains/);
  }
  const [{ kept }] = await world.sql("SELECT COUNT(*) AS kept FROM domains WHERE org_id = ?", id);
  assert.equal(kept, 3);
  const upstream = (await world.namesAtCloudflare()).filter((name) => name.startsWith("race-"));
  assert.equal(upstream.length, 3);
  const creations = (await world.calls()).filter((call) => call.startsWith("POST"));
  assert.equal(creations.length, 3, "a refused add never reaches Cloudflare");
  const added = await world.sql("SELECT COUNT(*) AS n FROM events WHERE org_id = ? AND type = 'domain.added'", id);
  assert.equal(added[0].n, 3, "a refused add is no event");
});

test("removing a domain makes room for another at once", async () => {
  const { token } = await world.organization({ domainLimit: 1 });
  const first = await world.add(world.hostname("room"), { token });
  const refused = await world.api("POST", "/api/domains", { token, body: { hostname: world.hostname("room") } });
  assert.equal(refused.status, 402);
  assert.equal((await world.api("DELETE", `/api/domains/${first.id}`, { token })).status, 204);
  await world.add(world.hostname("room"), { token });
});

test("20 parallel adds of one hostname make one domain and one custom hostname; the others are told", async () => {
  const name = world.hostname("twin");
  const { statuses, refusals } = await addAtOnce(20, () => name);
  assert.deepEqual(statuses, { 201: 1, 409: 19 });
  for (const { body } of refusals) assert.equal(body.error, "conflict");
  const upstream = (await world.namesAtCloudflare()).filter((other) => other === name);
  assert.deepEqual(upstream, [name]);
});

test("two organizations that add the same hostname at once: one gets it, the other learns nothing about the first", async () => {
  const [left, right] = [await world.organization(), await world.organization()];
  const name = world.hostname("contested");
  const replies = await Promise.all(
    [left, right].map(({ token }) => world.api("POST", "/api/domains", { token, body: { hostname: name } })),
  );
  assert.deepEqual(count(replies.map((reply) => reply.status)), { 201: 1, 409: 1 });
  const refused = replies.find((reply) => reply.status === 409);
  assert.ok(!refused.text.includes(left.id) && !refused.text.includes(right.id), refused.text);
  assert.equal((await world.sql("SELECT COUNT(*) AS n FROM domains WHERE hostname = ?", name))[0].n, 1);
});

test("a duplicate is refused however it is spelt, and costs no call at Cloudflare", async () => {
  const name = world.hostname("spelt");
  await world.add(name);
  await world.forgetCalls();
  for (const again of [name, name.toUpperCase(), `${name}.`]) {
    const reply = await world.api("POST", "/api/domains", { body: { domainName: again } });
    assert.equal(reply.status, 409, `${again}: ${reply.text}`);
  }
  assert.deepEqual(await world.calls(), []);
});

test("a wildcard and its base name are one custom hostname at Cloudflare, so they exclude each other, for everybody", async () => {
  const { token } = await world.organization();
  for (const [index, [first, second]] of [["*.", ""], ["", "*."]].entries()) {
    const base = world.hostname(`base${index}`);
    const held = await world.add(first + base);
    for (const options of [{}, { token }]) {
      const reply = await world.api("POST", "/api/domains", { ...options, body: { hostname: second + base } });
      assert.equal(reply.status, 409, reply.text);
    }
    assert.equal((await world.atCloudflare(base)).id, held.cfCustomHostnameId);
  }
});

test("the plan's own numbers hold when there is no override, and the refusal names the plan that would do", async () => {
  const { id, token } = await world.organization({ plan: "pro" });
  const now = Date.now();
  await world.sql(
    `INSERT INTO domains (id, org_id, hostname, status, next_check_at, created_at, updated_at)
     SELECT 'dom_' || lower(hex(randomblob(16))), ?1, 'filler-' || value || '.example.com', 'pending_cname', ?2, ?3, ?3
       FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14]')`,
    id, now + 86_400_000, now,
  );
  const { statuses, refusals } = await addAtOnce(5, () => world.hostname("pro"), token);
  assert.deepEqual(statuses, { 201: 1, 402: 4 });
  const { error, current, limit, plan, upgradeTo } = refusals[0].body;
  assert.deepEqual({ error, current, limit, plan, upgradeTo },
    { error: "limit_reached", current: 15, limit: 15, plan: "pro", upgradeTo: "agency" });
});

test("20 parallel webhook endpoints on a plan of 3 make exactly 3", async () => {
  const { id, token } = await world.organization({ plan: "pro" });
  const { url } = world.receiver();
  const replies = await atOnce(20, () => world.api("POST", "/api/webhooks", { token, body: { url } }));
  assert.deepEqual(count(replies.map((reply) => reply.status)), { 201: 3, 402: 17 });
  const { error, current, limit, upgradeTo } = replies.find((reply) => reply.status === 402).body;
  assert.deepEqual({ error, current, limit, upgradeTo }, { error: "limit_reached", current: 3, limit: 3, upgradeTo: "agency" });
  assert.equal((await world.sql("SELECT COUNT(*) AS n FROM webhook_endpoints WHERE org_id = ?", id))[0].n, 3);
});

test("the free plan: a token is refused everywhere, a person has 3 domains and no webhooks", async () => {
  const { token } = await world.organization({ plan: "free" });
  for (const [method, path] of [["GET", "/api/domains"], ["GET", "/api/tokens"], ["GET", "/api/webhooks"]]) {
    const reply = await world.api(method, path, { token });
    assert.equal(reply.status, 402, `${path}: ${reply.text}`);
    assert.equal(reply.body.error, "plan_required");
    assert.equal(reply.body.plan, "free");
    assert.equal(reply.body.upgradeTo, "pro");
  }

  const [{ used }] = await world.sql("SELECT COUNT(*) AS used FROM domains WHERE org_id = ?", world.orgId);
  await world.sql("UPDATE organizations SET plan = 'free', domain_limit = ? WHERE id = ?", used + 1, world.orgId);
  try {
    const person = { token: null, headers: await world.session() };
    const add = () => world.api("POST", "/api/domains", { ...person, body: { hostname: world.hostname("person") } });
    assert.equal((await add()).status, 201);
    const refused = await add();
    assert.equal(refused.status, 402);
    assert.equal(refused.body.upgradeTo, "pro");
    const webhooks = await world.api("POST", "/api/webhooks", { ...person, body: { url: world.receiver().url } });
    assert.equal(webhooks.status, 402);
    assert.equal(webhooks.body.error, "plan_required");
  } finally {
    await world.sql("UPDATE organizations SET plan = 'agency', domain_limit = NULL WHERE id = ?", world.orgId);
  }
});

test("the operator hears that four fifths of the zone's custom hostnames are used, once", async () => {
  const read = async (allocated) => {
    await world.simulator("POST", "/control/cloudflare/quota", { allocated });
    await world.sql("UPDATE leases SET until = 0 WHERE name = 'hostname_quota'");
    await world.tick();
  };
  const status = async () => (await world.api("GET", "/health", { token: null })).body.dependencies.customHostnames.status;
  const mails = async () => (await world.simulator("GET", "/control/mail")).filter(({ to }) => to.includes("operator@example.test"));
  await world.tick();
  await read(100_000);
  assert.deepEqual([await status(), (await mails()).length], ["ok", 0]);
  const used = (await world.namesAtCloudflare()).length;
  assert.ok(used > 0, "there are some of the tests before");
  await read(used);
  assert.equal(await status(), "full");
  const [mail, ...more] = await until("the mail", async () => (await mails()).length > 0 && mails());
  assert.deepEqual(more, []);
  assert.match(mail.subject, /custom hostnames are used/);
  await read(used);
  assert.equal((await mails()).length, 1);
  await read(100_000);
  assert.equal(await status(), "ok");
});
