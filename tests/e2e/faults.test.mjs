// Proves that nothing from outside loses a domain, an event or a custom hostname: Cloudflare failing in every way
// (also after the effect), DNS failing, receivers failing, the runtime killed in the middle of its work, and every
// queue message lost. What is broken shows as "not yet", never as an error of the domain, and heals by itself.

import assert from "node:assert/strict";
import { afterEach, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { atOnce, certificate, count, until, useWorld } from "./support.mjs";

const world = useWorld({ domainLimit: 1000 });

afterEach(async () => {
  for (const target of ["cloudflare", "dns", "inbox"]) await world.heal(target);
  // The domains of earlier tests rest, so that each fault meets the domain that it is meant for.
  await world.sql("UPDATE domains SET next_check_at = ?", Date.now() + 86_400_000);
});

const inDays = (days) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
const activate = (name) =>
  world.changeAtCloudflare(name, {
    status: "active",
    verification_errors: null,
    ssl: { status: "active", certificates: [certificate(inDays(-1), inDays(89))] },
  });
const row = async (name) => (await world.sql("SELECT * FROM domains WHERE hostname = ?", name))[0];
const due = (name) => world.sql("UPDATE domains SET next_check_at = 0, woken_at = 0 WHERE hostname = ?", name);
const atCloudflare = async (name) => (await world.namesAtCloudflare()).filter((other) => other === name).length;

/** Adds a domain while Cloudflare is broken: it is taken all the same. */
async function addWhileBroken() {
  const name = world.hostname("broken");
  const reply = await world.api("POST", "/api/domains", { body: { hostname: name } });
  assert.equal(reply.status, 201, reply.text);
  assert.equal(reply.body.domain.status, "pending_cname");
  assert.equal(reply.body.domain.errorMessage, null);
  return reply.body.domain;
}

/** What an outage may leave behind: the domain as it was, due again, and nothing to be seen of the failure. */
async function expectKept(name, status = "pending_cname") {
  const kept = await row(name);
  assert.equal(kept.status, status);
  assert.equal(kept.error_code, null);
  assert.equal(kept.error_message, null);
}

const FAULTS = {
  "answers 500": { status: 500 },
  "answers 503 with an HTML page": { status: 503, body: "<html><h1>Error 1200</h1></html>" },
  "limits the rate": { status: 429, retryAfter: 1 },
  "answers garbage with 200": { status: 200, body: "\u0000}{ not json" },
  "answers an empty 200": { status: 200, body: "" },
  "answers success false with 200": { status: 200, body: '{"success":false,"errors":[{"code":1500,"message":"secret text"}],"result":null}' },
  "answers a success without a result": { status: 200, body: '{"success":true,"errors":[],"messages":[],"result":null}' },
  "answers another hostname's object": {
    status: 201,
    body: '{"success":true,"errors":[],"messages":[],"result":{"id":"00000000-0000-4000-8000-000000000000","hostname":"other.example.com"}}',
  },
  "closes the connection": { drop: true },
};

describe("adding a domain while Cloudflare", () => {
  const added = [];
  for (const [kind, fault] of Object.entries(FAULTS)) {
    test(`${kind}: the domain is kept, in the request and in the background`, async () => {
      await world.breakUpstream("cloudflare", fault);
      const domain = await addWhileBroken();
      added.push(domain);
      assert.doesNotMatch(JSON.stringify(domain), /secret text|Error 1200|not json/);
      await expectKept(domain.domainName);
      await due(domain.domainName);
      await world.tick();
      await expectKept(domain.domainName);
    });
  }

  test("is back: the next tick finishes all of them", async () => {
    for (const { domainName } of added) await due(domainName);
    await world.tick();
    // One of them was told another hostname's id, which Cloudflare does not know: found out at the first look.
    for (const { domainName } of added) await due(domainName);
    await world.tick();
    for (const { id, domainName } of added) {
      const healed = await world.domain(id);
      assert.equal(healed.cfCustomHostnameId, (await world.atCloudflare(domainName)).id, "it was created after all");
      assert.equal(healed.dnsRecords.length, 3);
    }
  });

  const AFTER = {
    "creates it but loses the answer": { after: true, method: "POST" },
    "creates it but answers 502": { after: true, status: 502, method: "POST" },
    "creates it but answers garbage": { after: true, status: 200, body: "<", method: "POST" },
  };
  for (const [kind, fault] of Object.entries(AFTER)) {
    test(`${kind}: it is found again, one custom hostname, no orphan`, async () => {
      await world.breakUpstream("cloudflare", { ...fault, times: 1 });
      const domain = await addWhileBroken();
      assert.equal(await atCloudflare(domain.domainName), 1, "the creation did happen");
      await due(domain.domainName);
      await world.tick();
      const healed = await world.domain(domain.id);
      assert.equal(healed.cfCustomHostnameId, (await world.atCloudflare(domain.domainName)).id);
      assert.equal(await atCloudflare(domain.domainName), 1);
    });
  }

  test("creates it but loses the answer, and the domain is removed before anybody found it: no orphan is left", async () => {
    await world.breakUpstream("cloudflare", { after: true, method: "POST", times: 1 });
    const domain = await addWhileBroken();
    assert.equal((await world.api("DELETE", `/api/domains/${domain.id}`)).status, 204);
    await world.sql("UPDATE hostname_removals SET next_attempt_at = 0");
    await world.tick();
    assert.equal(await atCloudflare(domain.domainName), 0);
    assert.deepEqual(await world.sql("SELECT * FROM hostname_removals"), []);
  });

  test("hangs: the caller is answered in time, and the domain is kept", async () => {
    await world.breakUpstream("cloudflare", { hang: true, times: 1 });
    const started = Date.now();
    const domain = await addWhileBroken();
    assert.ok(Date.now() - started < 14_000, `it took ${Date.now() - started} ms`);
    await due(domain.domainName);
    await world.tick();
    assert.ok((await world.domain(domain.id)).cfCustomHostnameId);
  });

  test("refuses it for good: the domain says who must act, without Cloudflare's words, and retrying is not endless", async () => {
    const body = '{"success":false,"errors":[{"code":1405,"message":"The quota has been exceeded for zone 0123."}],"result":null}';
    await world.breakUpstream("cloudflare", { method: "POST", status: 403, body, times: 1 });
    const reply = await world.api("POST", "/api/domains", { body: { hostname: world.hostname("quota") } });
    assert.equal(reply.status, 201, reply.text);
    const { domain } = reply.body;
    assert.equal(domain.status, "error");
    assert.equal(domain.errorCode, "quota_exceeded");
    assert.ok(domain.errorMessage.length > 0 && !domain.errorMessage.includes("zone 0123"));
    assert.ok(Date.parse(domain.nextCheckAt) > Date.now() + 60_000, "it is not tried every minute");
    await due(domain.domainName);
    await world.tick();
    const healed = await world.domain(domain.id);
    assert.deepEqual([healed.status, healed.errorCode], ["pending_cname", null], "it heals when there is room");
  });
});

describe("an active domain while Cloudflare", () => {
  const readFaults = { ...FAULTS, "does not know it once": { status: 404, body: '{"success":false,"errors":[{"code":1436,"message":"x"}]}' } };
  const domains = {};
  before(async () => {
    for (const kind of Object.keys(readFaults)) {
      domains[kind] = await world.add();
      await activate(domains[kind].domainName);
    }
    await world.tick();
  });
  const typesOf = async ({ id }) =>
    (await world.sql("SELECT type FROM events WHERE domain_id = ? ORDER BY seq", id)).map(({ type }) => type);

  for (const [kind, fault] of Object.entries(readFaults)) {
    test(`${kind}: it stays active, and no event says otherwise`, async () => {
      const domain = domains[kind];
      const { status, cf_id: id, expires_at: expires } = await row(domain.domainName);
      assert.equal(status, "active");
      await due(domain.domainName);
      await world.forgetCalls();
      await world.breakUpstream("cloudflare", { ...fault, path: id, times: 1 });
      await world.tick();
      assert.ok((await world.calls()).some((call) => call.includes(id)), "the fault was met");
      const kept = await row(domain.domainName);
      assert.deepEqual([kept.status, kept.cf_id, kept.expires_at, kept.error_code], ["active", id, expires, null]);
      assert.deepEqual(await typesOf(domain), ["domain.added", "certificate.issued", "domain.active"]);
    });
  }

  test("is back: the next look finds all of them as they were", async () => {
    for (const { domainName } of Object.values(domains)) await due(domainName);
    await world.tick();
    for (const domain of Object.values(domains)) {
      const { status, missing_strikes: strikes, failures } = await row(domain.domainName);
      assert.deepEqual([status, strikes, failures], ["active", 0, 0]);
      assert.deepEqual(await typesOf(domain), ["domain.added", "certificate.issued", "domain.active"]);
    }
  });

  test("uses words that nobody knows: it stays as it was, with the words shown", async () => {
    const domain = await world.add();
    await activate(domain.domainName);
    await world.tick();
    await world.changeAtCloudflare(domain.domainName, { status: "brand_new", ssl: { status: "quantum_pending" } });
    await due(domain.domainName);
    await world.tick();
    const now = await world.domain(domain.id);
    assert.deepEqual([now.status, now.cfStatus, now.cfSslStatus], ["active", "brand_new", "quantum_pending"]);
  });

  test("has forgotten it twice in a row: then it is an error that says so", async () => {
    const domain = await world.add();
    await activate(domain.domainName);
    await world.tick();
    await world.changeAtCloudflare(domain.domainName, { deleted: true });
    await due(domain.domainName);
    await world.tick();
    await expectKept(domain.domainName, "active");
    await due(domain.domainName);
    await world.tick();
    const now = await world.domain(domain.id);
    assert.deepEqual([now.status, now.errorCode], ["error", "removed_upstream"]);
  });

  test("lets a sync down: the caller is told to come again, the domain stays", async () => {
    const domain = await world.add();
    await activate(domain.domainName);
    await world.tick();
    await world.breakUpstream("cloudflare", { status: 500 });
    const reply = await world.api("POST", `/api/domains/${domain.id}/sync`);
    assert.equal(reply.status, 503, reply.text);
    assert.equal(reply.body.error, "upstream_unavailable");
    assert.ok(Number(reply.headers.get("retry-after")) >= 1);
    await expectKept(domain.domainName, "active");
  });

  test("asks for a pause: nobody calls again before it is over", async () => {
    const domain = await world.add();
    await world.breakUpstream("cloudflare", { status: 429, retryAfter: 120, path: domain.cfCustomHostnameId, times: 1 });
    await due(domain.domainName);
    await world.tick();
    const wait = (await row(domain.domainName)).next_check_at - Date.now();
    assert.ok(wait > 100_000 && wait < 300_000, `the next look is in ${wait} ms`);
  });
});

describe("DNS", () => {
  const DNS_FAULTS = { "answers 500": { status: 500 }, "answers garbage": { status: 200, body: "\u0001\u0002" }, "closes the connection": { drop: true } };
  for (const [kind, fault] of Object.entries(DNS_FAULTS)) {
    test(`${kind}: what was seen before stays, and nothing is held up`, async () => {
      const domain = await world.add();
      await world.place(domain.dnsRecords);
      await world.tick();
      await world.breakUpstream("dns", fault);
      await world.tick();
      let now = await world.domain(domain.id);
      assert.equal(now.dnsVerified, true);
      assert.equal(now.dnsRecords[0].seen, "right");
      await activate(domain.domainName);
      await world.tick();
      now = await world.domain(domain.id);
      assert.equal(now.status, "active", "Cloudflare decides; DNS only explains");
    });
  }

  test("SERVFAIL is no finding, NXDOMAIN is one", async () => {
    const domain = await world.add();
    const { name } = domain.dnsRecords.find((record) => record.purpose === "delegation");
    const seen = async () => {
      await world.tick();
      return (await world.domain(domain.id)).dnsRecords.find((record) => record.purpose === "delegation").seen;
    };
    await world.simulator("POST", "/control/dns", { name, type: "CNAME", rcode: "SERVFAIL" });
    assert.equal(await seen(), "unknown");
    await world.simulator("POST", "/control/dns", { name, type: "CNAME", rcode: "NXDOMAIN" });
    assert.equal(await seen(), "missing");
  });
});

/** Every event of these domains: delivered and recorded once for each endpoint, numbered without a gap. */
async function expectAllDelivered(domains, receivers) {
  const ids = JSON.stringify(domains.map((domain) => domain.id));
  const events = await world.sql("SELECT id, domain_id, seq, payload FROM events WHERE domain_id IN (SELECT value FROM json_each(?)) ORDER BY domain_id, seq", ids);
  for (const { id } of domains) {
    const seqs = events.filter((event) => event.domain_id === id).map((event) => event.seq);
    assert.deepEqual(seqs, seqs.map((_, index) => index + 1), "numbered without a gap");
  }
  for (const { to, endpoint } of receivers) {
    const deliveries = await world.sql("SELECT event_id, state FROM deliveries WHERE endpoint_id = ?", endpoint.id);
    assert.deepEqual(count(deliveries.map(({ state }) => state)), { delivered: events.length });
    assert.equal(new Set(deliveries.map((delivery) => delivery.event_id)).size, events.length);

    const messages = await to.messages();
    const bodies = new Map();
    for (const { headers, body } of messages) {
      const id = headers["webhook-id"];
      assert.equal(bodies.get(id) ?? body, body, "a repeat is the same, byte for byte");
      bodies.set(id, body);
    }
    assert.deepEqual([...bodies.keys()].sort(), events.map((event) => event.id).sort());
    for (const { id, payload } of events) assert.equal(bodies.get(id), payload);
  }
  return events;
}

describe("the runtime is killed", () => {
  test("in the middle of a batch of deliveries: each goes out, is recorded once, and a repeat can be told by its id", async () => {
    const { token } = await world.organization();
    const receivers = [];
    for (let made = 0; made < 3; made += 1) {
      const to = world.receiver();
      receivers.push({ to, endpoint: await world.endpoint(to, { token, events: ["domain.*", "dns.*"] }) });
    }
    const [slow] = receivers;
    await slow.to.answer({ delayMs: 20_000, times: 4 });
    const domains = await atOnce(6, () => world.add(undefined, { token }));
    await until("a delivery is under way", async () => (await slow.to.messages()).length >= 1);
    await sleep(300);
    await world.restart();

    await slow.to.answer({ status: 200 });
    const claimed = await world.sql("SELECT COUNT(*) AS n FROM deliveries WHERE claimed_until > 0");
    assert.ok(claimed[0].n > 0, "some were in somebody's hands when it died");
    // While a claim holds nobody else sends; it runs out by itself.
    await world.tick();
    const held = await world.sql("SELECT COUNT(*) AS n FROM deliveries WHERE claimed_until > 0");
    assert.equal(held[0].n, claimed[0].n);
    await world.sql("UPDATE deliveries SET claimed_until = 0, woken_at = 0 WHERE state = 'pending'");
    await world.tick();
    await expectAllDelivered(domains, receivers);
  });

  test("in the middle of looking at domains: every transition is told exactly once", async () => {
    const { id: org, token } = await world.organization();
    const to = world.receiver();
    const receivers = [{ to, endpoint: await world.endpoint(to, { token }) }];
    const domains = await atOnce(12, () => world.add(undefined, { token }));
    await world.drain();
    for (const { domainName } of domains) await activate(domainName);
    await world.breakUpstream("cloudflare", { method: "GET", delayMs: 700 });
    await world.sql("UPDATE domains SET next_check_at = 0 WHERE org_id = ?", org);
    await world.forgetCalls();
    await world.control("/cron");
    await until("Cloudflare is being asked", async () => (await world.calls()).length >= 2);
    await sleep(400);
    await world.restart();
    await world.heal("cloudflare");
    await world.sql("UPDATE domains SET woken_at = 0 WHERE org_id = ?", org);
    await world.tick();
    await world.sql("UPDATE deliveries SET claimed_until = 0, woken_at = 0 WHERE state = 'pending'");
    await world.tick();

    const states = await world.sql("SELECT status FROM domains WHERE org_id = ?", org);
    assert.deepEqual(count(states.map(({ status }) => status)), { active: 12 });
    const events = await expectAllDelivered(domains, receivers);
    assert.equal(events.length, 36, "added, issued and active, for each of 12");
  });

  test("while a domain is being created at Cloudflare: it is taken over, not made twice", async () => {
    const name = world.hostname("killed");
    await world.breakUpstream("cloudflare", { method: "POST", after: true, delayMs: 5_000, status: 201, body: "late", times: 1 });
    const lost = world.api("POST", "/api/domains", { body: { hostname: name } }).catch(() => "no answer");
    await until("it exists at Cloudflare", async () => (await atCloudflare(name)) === 1);
    await world.restart();
    await lost;
    assert.equal((await row(name)).cf_id, null);
    await due(name);
    await world.tick();
    const healed = await row(name);
    assert.equal(healed.cf_id, (await world.atCloudflare(name)).id);
    assert.equal(await atCloudflare(name), 1);
  });
});

describe("queue messages", () => {
  test("all of them lost: the scheduler alone brings every domain and every delivery to its end", async () => {
    const { id: org, token } = await world.organization();
    const to = world.receiver();
    const receivers = [{ to, endpoint: await world.endpoint(to, { token }) }];
    const domains = await atOnce(5, () => world.add(undefined, { token }));
    for (const { domainName } of domains) await activate(domainName);
    await world.control("/cron");
    await world.restart();
    await world.sql("UPDATE domains SET woken_at = 0, next_check_at = 0 WHERE org_id = ?", org);
    await world.sql("UPDATE deliveries SET claimed_until = 0, woken_at = 0 WHERE state = 'pending'");
    await world.tick();
    await world.tick();
    const states = await world.sql("SELECT status FROM domains WHERE org_id = ?", org);
    assert.deepEqual(count(states.map(({ status }) => status)), { active: 5 });
    await expectAllDelivered(domains, receivers);
  });

  test("the removal's message lost: the scheduler removes the custom hostname", async () => {
    const domain = await world.add();
    await world.drain();
    assert.equal((await world.api("DELETE", `/api/domains/${domain.id}`)).status, 204);
    await world.restart();
    await world.sql("UPDATE hostname_removals SET next_attempt_at = 0");
    await world.tick();
    assert.equal(await atCloudflare(domain.domainName), 0);
  });

  test("the scheduler fired many times at once does nothing twice", async () => {
    const { token } = await world.organization();
    const to = world.receiver();
    const receivers = [{ to, endpoint: await world.endpoint(to, { token }) }];
    const domains = await atOnce(5, () => world.add(undefined, { token }));
    await world.drain();
    for (const { domainName } of domains) await activate(domainName);
    await atOnce(5, () => world.control("/cron"));
    await world.drain();
    await expectAllDelivered(domains, receivers);
    const messages = await to.messages();
    assert.equal(messages.length, 15, "added, issued and active, for each of 5, each sent once");
  });
});

test("after all of that no custom hostname is left that no domain holds, and none is missing", async () => {
  await world.sql("UPDATE domains SET next_check_at = 0, woken_at = 0 WHERE cf_id IS NULL");
  await world.tick();
  const held = await world.sql("SELECT hostname FROM domains WHERE error_code IS NOT 'removed_upstream' ORDER BY hostname");
  assert.deepEqual(await world.namesAtCloudflare(), held.map(({ hostname }) => hostname).sort());
  const errors = await world.sql("SELECT hostname, error_code FROM domains WHERE status = 'error' AND error_code <> 'removed_upstream'");
  assert.deepEqual(errors, [], "no fault became an error of a domain");
});
