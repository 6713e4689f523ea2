// Proves the product's main job on the three real workers: a domain is added, its owner places exactly the records
// that the answer gave, Cloudflare issues, the scheduler notices, the domain is active, and its signed webhook arrives
// once; later it is renewed, looked at daily, synced on request, and removed here and at Cloudflare.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import { Webhook } from "standardwebhooks";

import { certificate, count, until, useWorld } from "./support.mjs";

const world = useWorld();

const CNAME_TARGET = "customers.dcvaas.example";
const FIXED_MEMBERS = [
  "id", "orgId", "domainName", "status", "cnameTarget", "dnsInstruction", "createdAt", "updatedAt", "cfCustomHostnameId",
  "cfStatus", "cfSslStatus", "cfVerificationErrors", "expiresAt", "lastIssuedAt", "errorMessage",
];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whole seconds from now, as Cloudflare writes times. */
const inDays = (days) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
const sameInstant = (left, right) => assert.equal(Date.parse(left), Date.parse(right), `${left} and ${right}`);

/** What an owner has to copy: the records without how DNS showed them. */
const asTold = (domain) => domain.dnsRecords.map(({ seen: _, ...record }) => record);

/** Cloudflare has validated, issued and deployed: a twin of certificates, the RSA one with the nearer end. */
async function activate(name, { issued = inDays(-1), expires = inDays(89), twin = inDays(88) } = {}) {
  await world.changeAtCloudflare(name, {
    status: "active",
    verification_errors: null,
    ssl: { status: "active", certificates: [certificate(issued, expires), certificate(issued, twin, "SHA256WithRSA")] },
  });
  return { issued, expires, twin };
}

/** A domain that is active, and the receiver that heard of it. */
async function activeDomain() {
  const to = world.receiver();
  const endpoint = await world.endpoint(to);
  const domain = await world.add();
  await world.place(domain.dnsRecords);
  const dates = await activate(domain.domainName);
  await world.tick();
  assert.equal((await world.domain(domain.id)).status, "active");
  await until("domain.active arrives", async () => (await to.events("domain.active")).length);
  return { domain: await world.domain(domain.id), endpoint, to, dates };
}

const inList = async (id) => {
  const { body } = await world.api("GET", "/api/domains?limit=200");
  return body.domains.find((item) => item.id === id);
};

describe("adding a domain", () => {
  test("one call answers with every record to place, exact and final, and makes the custom hostname with delegated validation", async () => {
    const name = world.hostname();
    const reply = await world.api("POST", "/api/domains", { body: { hostname: name } });
    assert.equal(reply.status, 201, reply.text);
    const { domain } = reply.body;
    for (const member of FIXED_MEMBERS) assert.ok(member in domain, `${member} is missing`);
    assert.match(domain.id, /^dom_[0-9a-f]{32}$/);
    assert.equal(domain.orgId, world.orgId);
    assert.equal(domain.domainName, name);
    assert.equal(domain.status, "pending_cname");
    assert.match(domain.createdAt, ISO);
    assert.equal(domain.expiresAt, null);
    assert.equal(domain.lastIssuedAt, null);
    assert.equal(domain.errorMessage, null);

    const upstream = await world.atCloudflare(name);
    assert.equal(domain.cfCustomHostnameId, upstream.id);
    assert.equal(domain.cfStatus, upstream.status);
    assert.equal(upstream.ssl.method, "txt");
    assert.equal(upstream.ssl.type, "dv");

    const [told] = upstream.ssl.dcv_delegation_records;
    const records = Object.fromEntries(domain.dnsRecords.map((record) => [record.purpose, record]));
    assert.deepEqual(Object.keys(records).sort(), ["delegation", "ownership", "traffic"]);
    const pick = ({ type, name, value, relativeName, zone, seen }) => ({ type, name, value, relativeName, zone, seen });
    const [label] = name.split(".");
    assert.deepEqual(pick(records.delegation), {
      type: "CNAME", name: told.cname, value: told.cname_target,
      relativeName: `_acme-challenge.${label}`, zone: "example.com", seen: "unknown",
    });
    assert.deepEqual(pick(records.traffic), {
      type: "CNAME", name, value: CNAME_TARGET, relativeName: label, zone: "example.com", seen: "unknown",
    });
    assert.deepEqual(pick(records.ownership), {
      type: "TXT", name: upstream.ownership_verification.name, value: upstream.ownership_verification.value,
      relativeName: `_cf-custom-hostname.${label}`, zone: "example.com", seen: "unknown",
    });
    assert.equal(records.delegation.required, true);
    assert.equal(records.ownership.required, false);
    assert.equal(domain.cnameTarget, told.cname_target);
    assert.ok(domain.dnsInstruction.includes(told.cname) && domain.dnsInstruction.includes(told.cname_target));

    await activate(name);
    await world.tick();
    const active = await world.domain(domain.id);
    assert.equal(active.status, "active");
    assert.deepEqual(asTold(active), asTold(domain), "what was told stays");
  });

  test("where Cloudflare names no delegation target, the zone's uuid gives the same one", async () => {
    const options = (shown) => world.simulator("POST", "/control/cloudflare/options", { dcvDelegationRecords: shown });
    await options(false);
    let domain;
    try {
      domain = await world.add();
    } finally {
      await options(true);
    }
    const [told] = (await world.atCloudflare(domain.domainName)).ssl.dcv_delegation_records;
    assert.equal(domain.cnameTarget, told.cname_target);
    const delegation = domain.dnsRecords.find((record) => record.purpose === "delegation");
    assert.deepEqual([delegation.name, delegation.value], [told.cname, told.cname_target]);
    await world.tick();
    assert.deepEqual(asTold(await world.domain(domain.id)), asTold(domain));
  });

  test("every domain has a delegation target of its own", async () => {
    const targets = [await world.add(), await world.add()].map((domain) => domain.cnameTarget);
    assert.equal(new Set(targets).size, 2);
  });
});

describe("from added to active", () => {
  test("the records turn right, Cloudflare issues, the scheduler notices, and every step is told once and in order", async () => {
    const to = world.receiver();
    await world.endpoint(to);
    const domain = await world.add();

    // Nothing is there yet: looking changes nothing but what DNS showed.
    await world.tick();
    let now = await world.domain(domain.id);
    assert.equal(now.status, "pending_cname");
    const seen = (shown) => Object.fromEntries(shown.dnsRecords.map((record) => [record.purpose, record.seen]));
    assert.deepEqual(seen(now), { delegation: "missing", traffic: "missing", ownership: "unknown" });

    // A typing error by the owner is seen as one.
    const delegation = domain.dnsRecords.find((record) => record.purpose === "delegation");
    await world.place([{ ...delegation, value: `typo.${delegation.value}` }]);
    await world.tick();
    assert.equal(seen(await world.domain(domain.id)).delegation, "wrong");

    // The owner does exactly what the answer said.
    await world.place(domain.dnsRecords);
    await world.tick();
    now = await world.domain(domain.id);
    assert.equal(now.status, "issuing");
    assert.equal(now.dnsVerified, true);
    assert.deepEqual(seen(now), { delegation: "right", traffic: "right", ownership: "unknown" });

    // Half of it is not enough.
    await world.changeAtCloudflare(domain.domainName, { status: "active" });
    await world.tick();
    assert.equal((await world.domain(domain.id)).status, "issuing");

    const { issued, twin } = await activate(domain.domainName);
    await world.tick();
    now = await world.domain(domain.id);
    assert.equal(now.status, "active");
    assert.deepEqual([now.cfStatus, now.cfSslStatus, now.cfVerificationErrors], ["active", "active", []]);
    sameInstant(now.expiresAt, twin);
    sameInstant(now.lastIssuedAt, issued);
    assert.equal(now.expiresSource, "certificate");
    assert.deepEqual(now.certificates.map((held) => held.keyType).sort(), ["ecdsa", "rsa"]);
    assert.ok(now.certificates.every((held) => held.issuer && held.serial && /^[0-9a-f]{64}$/.test(held.fingerprint)));
    assert.ok(Date.parse(now.nextCheckAt) > Date.now() + 3_600_000, "an active domain is left in peace");

    const { certificates: _, ...detail } = now;
    assert.deepEqual(await inList(domain.id), detail, "list and detail say the same");

    await until("six events arrive", async () => (await to.events()).length >= 6);
    await world.tick();
    await world.tick();
    const events = (await to.events()).toSorted((left, right) => left.seq - right.seq);
    assert.deepEqual(events.map(({ seq, type }) => `${seq} ${type}`), [
      "1 domain.added", "2 dns.verified", "3 domain.issuing", "4 certificate.issued", "5 certificate.issued", "6 domain.active",
    ]);
    const told = events.filter((event) => event.type === "certificate.issued").map((event) => event.certificate);
    const bySerial = (left, right) => left.serial.localeCompare(right.serial);
    assert.deepEqual(told.toSorted(bySerial), now.certificates.toSorted(bySerial), "as the domain shows them");
    const { id, timestamp, ...active } = events.find((event) => event.type === "domain.active");
    assert.match(id, /^evt_[0-9a-f]{32}$/);
    assert.match(timestamp, ISO);
    assert.deepEqual(active, {
      type: "domain.active", seq: 6, orgId: world.orgId, domainId: domain.id, domainName: domain.domainName,
      status: "active", cfStatus: "active", cfSslStatus: "active", expiresAt: now.expiresAt, tags: [],
    });
  });

  test("both signatures hold: by node:crypto, by the Standard Webhooks library and by openssl", async () => {
    const { endpoint, to } = await activeDomain();
    const messages = await to.messages();
    assert.ok(messages.length >= 2);
    for (const { method, headers, body } of messages) {
      assert.equal(method, "POST");
      assert.equal(headers["content-type"], "application/json");
      assert.equal(headers["x-dcvaas-event"], JSON.parse(body).type);
      assert.equal(headers["webhook-id"], JSON.parse(body).id);
      assert.ok(!headers["webhook-id"].includes("."));
      assert.ok(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000) < 60);

      // The key is the secret's text, not its bytes.
      const signature = createHmac("sha256", endpoint.secret).update(body).digest("hex");
      assert.equal(headers["x-dcvaas-signature"], signature);
      const printed = execFileSync("openssl", ["dgst", "-sha256", "-hmac", endpoint.secret], { input: body, encoding: "utf8" });
      assert.equal(printed.trim().split(" ").at(-1), headers["x-dcvaas-signature"]);

      const verifier = new Webhook(endpoint.signingSecret);
      assert.equal(verifier.verify(body, headers).id, JSON.parse(body).id);
      assert.throws(() => verifier.verify(body.replace("example.com", "evil.example"), headers));
      assert.throws(() => verifier.verify(body, { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) }));
      assert.throws(() => verifier.verify(body, { ...headers, "webhook-id": "evt_another" }));
    }
    const bytes = Buffer.from(endpoint.secret, "hex");
    assert.equal(endpoint.signingSecret, `whsec_${bytes.toString("base64")}`, "two forms of one secret");
  });

  test("a sweep over many due domains activates all of them by pages of the list, not by calls for each", async () => {
    const { id: org, token } = await world.organization();
    const domains = [];
    for (let made = 0; made < 25; made += 1) domains.push(await world.add(undefined, { token }));
    for (const { domainName } of domains) await activate(domainName);
    await world.sql("UPDATE domains SET next_check_at = 0 WHERE org_id = ?", org);
    await world.forgetCalls();
    await world.tick();
    const left = await world.sql("SELECT hostname, status FROM domains WHERE org_id = ? AND status <> 'active'", org);
    assert.deepEqual(left, []);
    const calls = await world.calls();
    assert.ok(calls.length < 10, `25 domains took ${calls.length} calls: ${calls.join(", ")}`);
  });
});

describe("reading", () => {
  test("ETags: unchanged is 304 without a body, a change gives another tag, answers are private", async () => {
    const { domain } = await activeDomain();
    for (const path of [`/api/domains/${domain.id}`, "/api/domains", "/api/webhooks", "/api/organizations", "/api/tokens"]) {
      const first = await world.api("GET", path);
      const tag = first.headers.get("etag");
      assert.match(tag, /^"[^"]+"$/);
      assert.equal(first.headers.get("cache-control"), "private, max-age=10, stale-while-revalidate=30");
      for (const name of ["Authorization", "Cookie"]) assert.match(first.headers.get("vary"), new RegExp(`\\b${name}\\b`));
      assert.match(first.headers.get("x-request-id"), /^req_/);
      for (const known of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
        const again = await world.api("GET", path, { headers: { "if-none-match": known } });
        assert.equal(again.status, 304, `${path} ${known}`);
        assert.equal(again.text, "");
        assert.equal(again.headers.get("etag"), tag);
      }
      assert.equal((await world.api("GET", path, { headers: { "if-none-match": '"x"' } })).status, 200);
    }
    const { headers } = await world.api("GET", `/api/domains/${domain.id}`);
    await world.changeAtCloudflare(domain.domainName, { ssl: { status: "pending_validation" } });
    await world.sql("UPDATE domains SET next_check_at = 0 WHERE id = ?", domain.id);
    await world.tick();
    const changed = await world.api("GET", `/api/domains/${domain.id}`, { headers: { "if-none-match": headers.get("etag") } });
    assert.equal(changed.status, 200);
    assert.equal(changed.body.domain.status, "active", "a renewal under way is no outage");
    assert.equal(changed.body.domain.cfSslStatus, "pending_validation");
  });

  test("pages follow each other without gap or repeat, newest first", async () => {
    const { token } = await world.organization();
    const made = [];
    for (let page = 0; page < 5; page += 1) made.unshift((await world.add(undefined, { token })).id);
    const found = [];
    let cursor = "";
    do {
      const { body } = await world.api("GET", `/api/domains?limit=2${cursor}`, { token });
      assert.ok(body.domains.length <= 2);
      found.push(...body.domains.map((domain) => domain.id));
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`;
    } while (cursor);
    assert.deepEqual(found, made);
  });

  test("an organization without domains has an empty list", async () => {
    const { id, token } = await world.organization();
    assert.deepEqual((await world.api("GET", "/api/domains", { token })).body, { domains: [], nextCursor: null });
    assert.equal((await world.api("GET", "/api/organizations", { token })).body.organization.id, id);
  });
});

describe("sync on request", () => {
  test("it does at once what the scheduler would do, and no more than that", async () => {
    const to = world.receiver();
    await world.endpoint(to);
    const domain = await world.add();
    await world.place(domain.dnsRecords);
    const { twin } = await activate(domain.domainName);
    const reply = await world.api("POST", `/api/domains/${domain.id}/sync`);
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.body.domain.status, "active");
    sameInstant(reply.body.domain.expiresAt, twin);
    assert.deepEqual(reply.body.domain, await world.domain(domain.id));
    await world.drain();
    await world.tick();
    assert.equal((await to.events("domain.active")).length, 1);
  });

  test("asking again within the cooldown is 429 with Retry-After and costs Cloudflare nothing", async () => {
    const domain = await world.add();
    assert.equal((await world.api("POST", `/api/domains/${domain.id}/sync`)).status, 200);
    await world.forgetCalls();
    const again = await world.api("POST", `/api/domains/${domain.id}/sync`);
    assert.equal(again.status, 429);
    assert.equal(again.body.error, "rate_limited");
    assert.equal(again.body.type, "https://iana.org/assignments/http-problem-types#quota-exceeded");
    const wait = Number(again.headers.get("retry-after"));
    assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 60, `Retry-After: ${wait}`);
    assert.deepEqual(await world.calls(), []);
    await world.sql("UPDATE domains SET asked_at = asked_at - ? WHERE id = ?", wait * 1000, domain.id);
    assert.equal((await world.api("POST", `/api/domains/${domain.id}/sync`)).status, 200);
  });
});

describe("for years after", () => {
  test("a renewal is noticed, with its later end, and told once; the earlier certificates stay in the history", async () => {
    const { domain, to, dates } = await activeDomain();
    const earlier = (await world.atCloudflare(domain.domainName)).ssl.certificates;
    const [issued, expires] = [inDays(0), inDays(120)];
    const renewed = [certificate(issued, expires), certificate(issued, expires, "SHA256WithRSA")];
    await world.changeAtCloudflare(domain.domainName, { ssl: { certificates: [...renewed, ...earlier] } });
    await world.sql("UPDATE domains SET next_check_at = 0 WHERE id = ?", domain.id);
    await world.tick();
    await world.sql("UPDATE domains SET next_check_at = 0 WHERE id = ?", domain.id);
    await world.tick();

    const now = await world.domain(domain.id);
    assert.equal(now.status, "active");
    sameInstant(now.expiresAt, expires);
    sameInstant(now.lastIssuedAt, issued);
    assert.equal(now.certificates.length, 4);
    const [event, ...more] = await until("domain.renewed arrives", async () => {
      const found = await to.events("domain.renewed");
      return found.length > 0 && found;
    });
    assert.deepEqual(more, []);
    sameInstant(event.expiresAt, expires);
    assert.ok(Date.parse(event.expiresAt) > Date.parse(dates.expires));
    assert.equal((await to.events("domain.active")).length, 1);
  });

  /** The domain is looked at now, and everything that this woke comes to an end. */
  async function look({ id }) {
    await world.sql("UPDATE domains SET next_check_at = 0 WHERE id = ?", id);
    await world.tick();
    return world.domain(id);
  }
  /** What was told of a domain after it was active, in order. */
  const since = async (to) => {
    const events = (await to.events()).toSorted((left, right) => left.seq - right.seq);
    return events.slice(events.findIndex((event) => event.type === "domain.active") + 1);
  };
  const types = async (to) => (await since(to)).map((event) => event.type);

  test("a delegation record that goes is told when a second look misses it too, and so is its return", async () => {
    const { domain, to } = await activeDomain();
    const record = domain.dnsRecords.find(({ purpose }) => purpose === "delegation");
    await world.simulator("DELETE", `/control/dns?name=${record.name}&type=CNAME`);
    const seen = (shown) => shown.dnsRecords.find(({ purpose }) => purpose === "delegation").seen;
    for (let looks = 0; looks < 2; looks += 1) {
      const doubted = await look(domain);
      assert.deepEqual([seen(doubted), doubted.dnsVerified, doubted.status], ["missing", true, "active"]);
      assert.ok(Date.parse(doubted.nextCheckAt) < Date.now() + 16 * 60_000, "looked at again soon");
    }
    assert.deepEqual(await types(to), []);

    await world.sql("UPDATE domains SET dns_missed_at = dns_missed_at - 600000 WHERE id = ?", domain.id);
    const drifted = await look(domain);
    assert.deepEqual([drifted.dnsVerified, drifted.status], [false, "active"]);
    await look(domain);
    const [event, ...more] = await since(to);
    assert.deepEqual(more, []);
    assert.deepEqual([event.type, event.domainId, event.status], ["dns.drifted", domain.id, "active"]);

    await world.place([record]);
    const restored = await look(domain);
    assert.deepEqual([seen(restored), restored.dnsVerified], ["right", true]);
    await look(domain);
    assert.deepEqual(await types(to), ["dns.drifted", "dns.restored"]);
  });

  test("a certificate that nobody renews is warned of as it ends, and told as expired", async () => {
    const { domain, to } = await activeDomain();
    await world.changeAtCloudflare(domain.domainName, { ssl: { status: "pending_validation" } });
    for (const days of [13, 12, 6, 0.5, 0.4]) {
      const ends = inDays(days);
      const held = certificate(inDays(days - 90), ends);
      held.fingerprint_sha256 = domain.certificates[0].fingerprint;
      await world.changeAtCloudflare(domain.domainName, { ssl: { certificates: [held] } });
      assert.equal((await look(domain)).status, "active");
    }
    const soon = "domain.expiring_soon";
    assert.deepEqual(await types(to), [soon, soon, soon]);
    await world.sql("UPDATE domains SET expires_at = ? WHERE id = ?", Date.now() - 1_000, domain.id);
    await world.changeAtCloudflare(domain.domainName, { ssl: { certificates: [] } });
    const expired = await look(domain);
    assert.deepEqual([expired.status, expired.errorCode], ["error", "expired"]);
    await look(domain);
    assert.deepEqual(await types(to), [soon, soon, soon, "domain.expired", "domain.error"]);
  });

  test("a custom hostname that somebody deletes at Cloudflare is told as lapsed", async () => {
    const { domain, to } = await activeDomain();
    await world.changeAtCloudflare(domain.domainName, { status: "deleted" });
    const lost = await look(domain);
    assert.deepEqual([lost.status, lost.errorCode], ["error", "removed_upstream"]);
    assert.deepEqual(await types(to), ["domain.lapsed", "domain.error"]);
  });

  test("an owner who places nothing is reminded of after one day, three and six", async () => {
    const to = world.receiver();
    await world.endpoint(to);
    const domain = await world.add();
    const told = async () => (await to.events("dns.check_failed")).length;
    const counts = [];
    for (const hours of [23, 24, 25, 72, 143, 144, 200]) {
      await world.sql("UPDATE domains SET created_at = ? WHERE id = ?", Date.now() - hours * 3_600_000, domain.id);
      await look(domain);
      counts.push(await told());
    }
    assert.deepEqual(counts, [0, 1, 1, 2, 2, 3, 3]);
  });

  test("while only one of the two key types is renewed, the nearer end counts", async () => {
    const { domain, dates } = await activeDomain();
    const earlier = (await world.atCloudflare(domain.domainName)).ssl.certificates;
    const renewed = certificate(inDays(0), inDays(120));
    await world.changeAtCloudflare(domain.domainName, { ssl: { certificates: [renewed, ...earlier] } });
    await world.sql("UPDATE domains SET next_check_at = 0 WHERE id = ?", domain.id);
    await world.tick();
    sameInstant((await world.domain(domain.id)).expiresAt, dates.twin);
  });

  test("an active domain is left alone until it is due, and then read again", async () => {
    const { domain } = await activeDomain();
    const reads = async () => (await world.calls()).filter((call) => call.endsWith(domain.cfCustomHostnameId)).length;
    await world.forgetCalls();
    await world.tick();
    assert.equal(await reads(), 0);
    const [{ next_check_at: due }] = await world.sql("SELECT next_check_at FROM domains WHERE id = ?", domain.id);
    const hours = (due - Date.now()) / 3_600_000;
    assert.ok(hours > 20 && hours <= 24, `the next look is in ${hours} hours`);
    await world.sql("UPDATE domains SET next_check_at = 0 WHERE id = ?", domain.id);
    await world.tick();
    assert.equal(await reads(), 1);
    assert.ok(Date.parse((await world.domain(domain.id)).nextCheckAt) > Date.now() + 20 * 3_600_000);
  });

  test("Cloudflare gives a domain up: somebody must act, and the event says why; it heals when Cloudflare does", async () => {
    const { domain, to } = await activeDomain();
    const look = async () => {
      await world.sql("UPDATE domains SET next_check_at = 0 WHERE id = ?", domain.id);
      await world.tick();
      return world.domain(domain.id);
    };
    await world.changeAtCloudflare(domain.domainName, { status: "blocked" });
    const broken = await look();
    assert.equal(broken.status, "error");
    assert.ok(broken.errorCode && broken.errorMessage);
    const [event] = await until("domain.error arrives", async () => {
      const found = await to.events("domain.error");
      return found.length > 0 && found;
    });
    assert.ok(event.errors.length > 0 && event.errors.every(({ message }) => message.length > 0));

    await world.changeAtCloudflare(domain.domainName, { status: "active" });
    const healed = await look();
    assert.deepEqual([healed.status, healed.errorCode, healed.errorMessage], ["active", null, null]);
    await until("domain.active arrives again", async () => (await to.events("domain.active")).length === 2);
    assert.equal((await to.events("domain.error")).length, 1);
  });
});

describe("removing a domain", () => {
  test("it is gone here at once, at Cloudflare as soon as the queue is done, and told once", async () => {
    const { domain, to } = await activeDomain();
    const reply = await world.api("DELETE", `/api/domains/${domain.id}`);
    assert.equal(reply.status, 204);
    assert.equal(reply.text, "");
    assert.equal((await world.api("GET", `/api/domains/${domain.id}`)).status, 404);
    assert.equal((await world.api("DELETE", `/api/domains/${domain.id}`)).status, 404);
    assert.equal(await inList(domain.id), undefined);
    await world.drain();
    assert.ok(!(await world.namesAtCloudflare()).includes(domain.domainName));
    assert.deepEqual(await world.sql("SELECT * FROM hostname_removals"), []);

    const [event, ...more] = await to.events("domain.removed");
    assert.deepEqual(more, []);
    assert.deepEqual([event.domainId, event.domainName], [domain.id, domain.domainName]);
    const seqs = (await to.events()).map((item) => item.seq).sort((left, right) => left - right);
    assert.deepEqual(seqs, seqs.map((_, index) => index + 1), "numbered without a gap, to the end");
  });

  test("Cloudflare failing three times only delays it: it is tried until it is done", async () => {
    const domain = await world.add();
    await world.breakUpstream("cloudflare", { method: "DELETE", status: 500, times: 3 });
    assert.equal((await world.api("DELETE", `/api/domains/${domain.id}`)).status, 204);
    await world.drain();
    assert.ok((await world.namesAtCloudflare()).includes(domain.domainName), "the first try failed");
    for (let minute = 0; minute < 3; minute += 1) await world.tick();
    assert.ok(!(await world.namesAtCloudflare()).includes(domain.domainName));
    const deletions = (await world.calls()).filter((call) => call.startsWith("DELETE") && call.endsWith(domain.cfCustomHostnameId));
    assert.equal(deletions.length, 4);
    assert.deepEqual(await world.sql("SELECT * FROM hostname_removals"), []);
  });

  test("the name can be added again at once, also while its removal at Cloudflare is still failing", async () => {
    const first = await world.add();
    await world.breakUpstream("cloudflare", { method: "DELETE", status: 500, times: 1 });
    assert.equal((await world.api("DELETE", `/api/domains/${first.id}`)).status, 204);
    await world.drain();
    const again = await world.add(first.domainName);
    assert.notEqual(again.id, first.id);
    assert.notEqual(again.cfCustomHostnameId, first.cfCustomHostnameId);
    await world.tick();
    await world.tick();
    const names = (await world.namesAtCloudflare()).filter((name) => name === first.domainName);
    assert.deepEqual(names, [first.domainName], "the new one was not removed with the old one");
    assert.equal((await world.atCloudflare(first.domainName)).id, again.cfCustomHostnameId);
  });

  test("deleting an organization removes its custom hostnames too", async () => {
    const { id, token } = await world.organization();
    const domain = await world.add(undefined, { token });
    await world.sql("DELETE FROM organizations WHERE id = ?", id);
    await world.tick();
    assert.ok(!(await world.namesAtCloudflare()).includes(domain.domainName));
  });
});

