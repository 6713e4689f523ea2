// Proves webhooks beyond the happy path: endpoints are made, changed and deleted as the contract fixes, their secret
// is shown once, addresses that are not public are refused when they are stored and again when they are called, what
// fails is tried again on the schedule and recorded, and nobody gets what they did not select or what is not theirs.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Webhook } from "standardwebhooks";

import { certificate, count, hex, until, useWorld } from "./support.mjs";

const world = useWorld({ domainLimit: 1000 });

const SHOWN = [
  "apiVersion", "createdAt", "description", "disabledAt", "disabledReason", "domainIds", "domainTags", "enabled", "events", "failingSince",
  "headerNames", "id", "lastDeliveryAt", "maxPerMinute", "ordering", "orgId", "payload", "previousSecretUntil", "publicKey", "updatedAt", "url",
];

const listed = async (id, options) =>
  (await world.api("GET", "/api/webhooks?limit=200", options)).body.webhooks.find((item) => item.id === id);
const patch = (id, body, options) => world.api("PATCH", `/api/webhooks/${id}`, { ...options, body });
const deliveries = (endpoint) => world.sql("SELECT * FROM deliveries WHERE endpoint_id = ? ORDER BY id", endpoint.id);
const attempts = (delivery) =>
  world.sql("SELECT number, status, error_class, excerpt, duration_ms FROM delivery_attempts WHERE delivery_id = ? ORDER BY number", delivery.id);
const makeDue = (endpoint) =>
  world.sql("UPDATE deliveries SET next_attempt_at = 0 WHERE endpoint_id = ? AND state = 'pending'", endpoint.id);

/** An organization of its own with one endpoint, so that nobody else's events arrive there. */
async function scene({ events } = {}) {
  const org = await world.organization();
  const to = world.receiver();
  const endpoint = await world.endpoint(to, { events, token: org.token });
  return { org, to, endpoint, add: () => world.add(undefined, { token: org.token }) };
}

describe("endpoints", () => {
  test("made with both forms of the secret, listed without; changed in part; deleted with what was still to be sent", async () => {
    const { token } = await world.organization();
    const { url } = world.receiver();
    const reply = await world.api("POST", "/api/webhooks", { token, body: { url, events: ["domain.*", "dns.verified"], description: "CRM" } });
    assert.equal(reply.status, 201, reply.text);
    assert.equal(reply.headers.get("cache-control"), "no-store");
    assert.equal(reply.headers.get("etag"), null);
    const { secret, signingSecret, ...webhook } = reply.body.webhook;
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.match(signingSecret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(Object.keys(webhook).sort(), SHOWN);
    assert.match(webhook.id, /^wh_[0-9a-f]{32}$/);
    assert.deepEqual([webhook.url, webhook.events, webhook.enabled, webhook.description], [url, ["domain.*", "dns.verified"], true, "CRM"]);
    assert.deepEqual(await listed(webhook.id, { token }), webhook);

    const changed = await patch(webhook.id, { enabled: false }, { token });
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual({ ...changed.body.webhook, updatedAt: 0 }, { ...webhook, enabled: false, disabledReason: "owner", disabledAt: changed.body.webhook.updatedAt, updatedAt: 0 });
    assert.ok(changed.body.webhook.updatedAt > webhook.updatedAt);
    const other = world.receiver().url;
    const all = await patch(webhook.id, { url: other, events: ["*"], enabled: true, description: null }, { token });
    const { url: newUrl, events, enabled, description } = all.body.webhook;
    assert.deepEqual([newUrl, events, enabled, description], [other, ["*"], true, null]);
    assert.deepEqual((await patch(webhook.id, {}, { token })).body.webhook.url, other, "an empty change changes nothing");

    assert.equal((await world.api("DELETE", `/api/webhooks/${webhook.id}`, { token })).status, 204);
    assert.equal((await world.api("DELETE", `/api/webhooks/${webhook.id}`, { token })).status, 404);
    assert.equal(await listed(webhook.id, { token }), undefined);
    assert.deepEqual(await deliveries(webhook), []);
  });

  test("a change of a wrong type changes nothing", async () => {
    const { endpoint, org } = await scene();
    const before = await listed(endpoint.id, org);
    for (const [field, body] of [
      ["enabled", { enabled: "false" }], ["enabled", { enabled: 1 }], ["url", { url: 5 }], ["url", { url: "http://hooks.example.com/" }],
      ["events", { events: "*" }], ["events", { events: [] }], ["events", { enabled: false, events: ["nope"] }],
      ["description", { description: 5 }], ["description", { description: "x".repeat(501) }], ["secret", { secret: "ab".repeat(32) }],
    ]) {
      const reply = await patch(endpoint.id, body, org);
      assert.equal(reply.status, 400, `${JSON.stringify(body)}: ${reply.text}`);
      assert.equal(reply.body.errors[0].field, field);
    }
    assert.deepEqual(await listed(endpoint.id, org), before);
  });

  test("the secret is shown once, and what is kept of it is sealed", async () => {
    const { endpoint, org } = await scene();
    const bytes = Buffer.from(endpoint.secret, "hex");
    const [{ sealed_secret: sealed }] = await world.sql("SELECT sealed_secret FROM webhook_endpoints WHERE id = ?", endpoint.id);
    assert.match(sealed, /^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]{64}$/);
    const texts = [
      sealed,
      (await world.api("GET", "/api/webhooks", org)).text,
      (await patch(endpoint.id, { enabled: true }, org)).text,
      JSON.stringify(await world.sql("SELECT * FROM audit_logs WHERE org_id = ?", org.id)),
    ];
    for (const form of [endpoint.secret, bytes.toString("base64"), bytes.toString("base64url"), endpoint.signingSecret]) {
      for (const text of texts) assert.ok(!text.includes(form));
    }
  });

  test("a sealed secret that was moved to another row does not open, and nothing is sent with a wrong signature", async () => {
    const [left, right] = [await scene(), await scene()];
    await world.sql(
      "UPDATE webhook_endpoints SET sealed_secret = (SELECT sealed_secret FROM webhook_endpoints WHERE id = ?) WHERE id = ?",
      left.endpoint.id, right.endpoint.id,
    );
    await right.add();
    await world.drain();
    assert.deepEqual(await right.to.messages(), []);
    const [delivery] = await deliveries(right.endpoint);
    assert.equal(delivery.state, "pending");
    assert.equal((await attempts(delivery))[0].error_class, "secret_unreadable");
  });
});

describe("trying out", () => {
  test("an example of any type goes to the endpoint alone, signed, recorded and in no feed", async () => {
    const { org, to, endpoint } = await scene({ events: ["job.*"] });
    const other = world.receiver();
    await world.endpoint(other, { token: org.token });
    const reply = await world.api("POST", `/api/webhooks/${endpoint.id}/test`, { ...org, body: { type: "domain.active" } });
    assert.equal(reply.status, 201, reply.text);
    const soon = await world.api("POST", `/api/webhooks/${endpoint.id}/test`, { ...org, body: {} });
    assert.equal(soon.status, 429, soon.text);
    await world.drain();
    const [message, ...more] = await to.messages();
    assert.deepEqual(more, []);
    assert.deepEqual(new Webhook(endpoint.signingSecret).verify(message.body, message.headers), reply.body.delivery.payload);
    assert.equal(JSON.parse(message.body).type, "domain.active");
    const { body } = await world.api("GET", `/api/deliveries/${reply.body.delivery.id}`, org);
    assert.deepEqual([body.delivery.state, body.delivery.tries.map(({ status }) => status)], ["delivered", [200]]);
    const { events } = (await world.api("GET", "/api/events", org)).body;
    assert.deepEqual(events.filter(({ type }) => type !== "webhook.created"), []);
    assert.deepEqual(await other.messages(), [], "not even that it was made itself");
  });

  test("with an unknown type, or while the endpoint is off: refused", async () => {
    const { org, endpoint } = await scene();
    const path = `/api/webhooks/${endpoint.id}/test`;
    assert.equal((await world.api("POST", path, { ...org, body: { type: "domain.nothing" } })).body.errors[0].field, "type");
    assert.equal((await patch(endpoint.id, { enabled: false }, org)).status, 200);
    assert.equal((await world.api("POST", path, { ...org, body: {} })).status, 409);
  });
});

describe("addresses", () => {
  const FORMS = {
    not_https: ["http://hooks.example.com/", "ftp://hooks.example.com/", "javascript:alert(1)", "file:///etc/passwd"],
    user_info: ["https://user@hooks.example.com/", "https://hooks.example.com@169.254.169.254/"],
    not_public: [
      "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://10.0.0.1/",
      "https://192.168.1.1/", "https://172.16.0.1/", "https://100.64.0.1/", "https://169.254.169.254/latest/meta-data/",
      "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[fd00::1]/", "https://[fe80::1]/",
      "https://localhost/", "https://a.localhost/", "https://metadata.google.internal/", "https://printer.local/", "https://intranet/",
      "https://\uff11\uff12\uff17.0.0.1/",
    ],
    port: ["https://hooks.example.com:22/", "https://hooks.example.com:80/"],
    fragment: ["https://hooks.example.com/#x"],
    malformed: ["", "hooks.example.com", "https://", "https://a b.example.com/", "https:\\\\hooks.example.com\\"],
  };
  for (const [code, urls] of Object.entries(FORMS)) {
    test(`refused as ${code}, when made and when changed`, async () => {
      const { endpoint, org } = await scene();
      for (const url of urls) {
        for (const reply of [await world.api("POST", "/api/webhooks", { ...org, body: { url } }), await patch(endpoint.id, { url }, org)]) {
          assert.equal(reply.status, 400, `${url}: ${reply.text}`);
          assert.deepEqual([reply.body.errors[0].field, reply.body.errors[0].code], ["url", code], url);
        }
      }
      assert.equal((await listed(endpoint.id, org)).url, endpoint.url);
    });
  }

  test("our own hosts and the simulator's neighbours are refused too", async () => {
    const { token } = await world.organization();
    const other = new URL(world.simulatorUrl);
    other.port = String(Number(other.port) + 1);
    for (const url of [`${world.apiUrl}/api/domains`, "https://customers.dcvaas.example/", other.href, world.controlUrl]) {
      const reply = await world.api("POST", "/api/webhooks", { token, body: { url } });
      assert.equal(reply.status, 400, `${url}: ${reply.text}`);
    }
  });

  test("an address that is no longer allowed is not called: it is judged again before every call", async () => {
    const { endpoint, add } = await scene();
    await world.sql("UPDATE webhook_endpoints SET url = ? WHERE id = ?", `${world.controlUrl}/drain`, endpoint.id);
    await add();
    await world.drain();
    const [delivery] = await deliveries(endpoint);
    assert.equal(delivery.state, "failed");
    assert.deepEqual((await attempts(delivery)).map(({ status, error_class: why }) => [status, why]), [[null, "blocked_url"]]);
  });
});

describe("a receiver that fails", () => {
  /** Lets one event fail and gives its delivery. */
  async function failed(answer, { drainFor } = {}) {
    const it = await scene({ events: ["domain.added"] });
    await it.to.answer(answer);
    await it.add();
    await (drainFor ?? world.drain)();
    const [delivery] = await deliveries(it.endpoint);
    return { ...it, delivery, wait: (delivery.next_attempt_at - delivery.updated_at) / 1000, tries: await attempts(delivery) };
  }

  test("once: it is tried again after about 5 seconds with the same id and body, a new time and a signature that holds", async () => {
    const { to, endpoint, delivery, wait, tries } = await failed({ status: 500, times: 1, body: "out of order" });
    assert.equal(delivery.state, "pending");
    assert.ok(wait >= 4 && wait <= 6.001, `${wait} s`);
    assert.deepEqual(tries.map(({ number, status, error_class: why, excerpt }) => [number, status, why, excerpt]), [[1, 500, "http_5xx", "out of order"]]);
    await world.tick();
    assert.equal((await to.messages()).length, 1, "not before it is due");
    await makeDue(endpoint);
    await world.tick();
    const [first, second] = await to.messages();
    assert.equal(second.headers["webhook-id"], first.headers["webhook-id"]);
    assert.equal(second.body, first.body);
    assert.ok(second.headers["webhook-timestamp"] >= first.headers["webhook-timestamp"]);
    const [settled] = await deliveries(endpoint);
    assert.deepEqual([settled.state, settled.next_attempt_at, settled.attempts], ["delivered", null, 2]);
    assert.deepEqual((await attempts(settled)).map(({ status, error_class: why }) => [status, why]), [[500, "http_5xx"], [200, null]]);
  });

  test("always: ten tries with the waits of the schedule, then it is given up, and later events still go out", async () => {
    const SCHEDULE = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    const { to, endpoint, add, wait } = await failed({ status: 500 });
    const waits = [wait];
    for (let tries = 1; tries < SCHEDULE.length; tries += 1) {
      await makeDue(endpoint);
      await world.tick();
      const [delivery] = await deliveries(endpoint);
      waits.push((delivery.next_attempt_at - delivery.updated_at) / 1000);
    }
    waits.forEach((seconds, index) => {
      const ratio = seconds / SCHEDULE[index];
      assert.ok(ratio > 0.799 && ratio < 1.201, `after try ${index + 1}: ${seconds} s`);
    });
    await makeDue(endpoint);
    await world.tick();
    const [delivery] = await deliveries(endpoint);
    assert.deepEqual([delivery.state, delivery.next_attempt_at, delivery.attempts], ["failed", null, 10]);
    assert.equal((await to.messages()).length, 10);
    await to.answer({ status: 200 });
    await add();
    await world.drain();
    assert.equal((await to.messages()).length, 11);
    assert.equal((await listed(endpoint.id, { token: world.token })), undefined, "it is another organization's");
  });

  test("with Retry-After: it is left alone for that long, with 429 and 503 for a minute at least", async () => {
    const asked = await failed({ status: 503, headers: { "retry-after": "3600" }, times: 1 });
    assert.ok(asked.wait >= 3_600 && asked.wait < 3_700, `${asked.wait} s`);
    const date = new Date(Date.now() + 7_200_000).toUTCString();
    const dated = await failed({ status: 500, headers: { "retry-after": date }, times: 1 });
    assert.ok(dated.wait > 7_100 && dated.wait <= 7_200, `${dated.wait} s`);
    const endless = await failed({ status: 429, headers: { "retry-after": "99999999" }, times: 1 });
    assert.ok(endless.wait <= 86_400, `${endless.wait} s`);
    const bare = await failed({ status: 429, times: 1 });
    assert.ok(bare.wait >= 60 && bare.wait < 120, `${bare.wait} s`);
    assert.equal(bare.tries[0].error_class, "http_4xx");
  });

  test("with 410: the endpoint is turned off and gets nothing more", async () => {
    const { org, to, endpoint, add, delivery, tries } = await failed({ status: 410 });
    assert.equal(delivery.state, "failed");
    assert.equal(tries[0].error_class, "gone");
    assert.equal((await listed(endpoint.id, org)).enabled, false);
    await add();
    await world.drain();
    assert.equal((await to.messages()).length, 1);
    assert.equal((await patch(endpoint.id, { enabled: true }, org)).status, 200);
    await to.answer({ status: 200 });
    await add();
    await world.drain();
    assert.equal((await to.messages()).length, 2, "its owner can turn it on again");
  });

  test("with a redirect: that is a failure, and nobody goes there", async () => {
    const elsewhere = world.receiver();
    for (const status of [301, 302, 307, 308]) {
      const { to, delivery, tries } = await failed({ status, headers: { location: elsewhere.url } });
      assert.equal(delivery.state, "pending");
      assert.deepEqual([tries[0].status, tries[0].error_class], [status, "http_3xx"]);
      assert.equal((await to.messages()).length, 1);
    }
    assert.deepEqual(await elsewhere.messages(), []);
  });

  test("by breaking the connection, and by answering without end: both are recorded, and little is kept", async () => {
    await world.breakUpstream("inbox", { drop: true, times: 1 });
    const dropped = await failed({});
    assert.deepEqual([dropped.tries[0].status, dropped.tries[0].error_class], [null, "connection"]);
    const endless = await failed({ status: 500, bodyBytes: 20_000_000 });
    assert.equal(endless.tries[0].status, 500);
    assert.ok(endless.tries[0].excerpt.length <= 16_384);
  });

  test("by silence, or by a drip: given up after 15 seconds, while others in the same batch are served at once", async () => {
    const org = await world.organization();
    const [silent, dripping, quick] = [world.receiver(), world.receiver(), world.receiver()];
    await silent.answer({ hang: true });
    await dripping.answer({ drip: 1_000, bodyBytes: 600 });
    const endpoints = [];
    for (const to of [silent, dripping, quick]) endpoints.push(await world.endpoint(to, { token: org.token, events: ["domain.added"] }));
    await world.add(undefined, org);
    const started = Date.now();
    await until("the quick one is served", async () => (await quick.messages()).length === 1);
    assert.ok(Date.now() - started < 8_000);
    await world.drain();
    assert.ok(Date.now() - started < 25_000);
    for (const endpoint of endpoints.slice(0, 2)) {
      const [delivery] = await deliveries(endpoint);
      const [attempt] = await attempts(delivery);
      assert.deepEqual([delivery.state, attempt.error_class], ["pending", "timeout"]);
      assert.ok(attempt.duration_ms >= 14_000 && attempt.duration_ms < 20_000, `${attempt.duration_ms} ms`);
      assert.ok(delivery.next_attempt_at - delivery.updated_at >= 60_000);
    }
    assert.equal((await deliveries(endpoints[2]))[0].state, "delivered");
    for (const { id } of endpoints) assert.equal((await world.api("DELETE", `/api/webhooks/${id}`, org)).status, 204);
  });
});

describe("who gets what", () => {
  /** Adds a domain and brings it to active: added, verified, issuing, issued, active. */
  async function life(token) {
    const domain = await world.add(undefined, { token });
    await world.place(domain.dnsRecords);
    await world.tick();
    await world.changeAtCloudflare(domain.domainName, {
      status: "active",
      ssl: { status: "active", certificates: [certificate("2026-11-01T00:00:00Z", "2027-02-01T00:00:00Z")] },
    });
    await world.tick();
    return domain;
  }

  test("an endpoint gets the events that it selected, by name, by category or all, and each once", async () => {
    const { token } = await world.organization();
    const all = ["certificate.issued", "dns.verified", "domain.active", "domain.added", "domain.issuing"];
    const wanted = {
      "all by default": [undefined, all],
      "all by the star": [["*"], all],
      "a category": [["domain.*"], ["domain.active", "domain.added", "domain.issuing"]],
      "another category": [["dns.*", "job.*"], ["dns.verified"]],
      "one name": [["domain.active"], ["domain.active"]],
      "overlapping": [["domain.active", "domain.*", "*"], all],
      "what does not happen": [["domain.removed", "webhook.*"], []],
    };
    const receivers = {};
    for (const [kind, [events]] of Object.entries(wanted)) {
      receivers[kind] = world.receiver();
      await world.endpoint(receivers[kind], { events, token });
    }
    await life(token);
    for (const [kind, [, expected]] of Object.entries(wanted)) {
      const types = (await receivers[kind].events()).map((event) => event.type).sort();
      // Those that come later are told of, too.
      assert.deepEqual(types.filter((type) => type !== "webhook.created"), expected, kind);
    }
  });

  test("a disabled endpoint gets nothing, not even what was under way; enabled again it gets what comes from then on", async () => {
    const { org, to, endpoint, add } = await scene({ events: ["domain.added"] });
    await to.answer({ status: 500, times: 1 });
    await add();
    await world.drain();
    assert.equal((await patch(endpoint.id, { enabled: false }, org)).status, 200);
    await makeDue(endpoint);
    await world.tick();
    await add();
    await world.drain();
    assert.equal((await to.messages()).length, 1, "only the first try, before it was disabled");
    const [delivery, ...more] = await deliveries(endpoint);
    assert.deepEqual(more, [], "no delivery was made for the event that happened meanwhile");
    assert.equal(delivery.state, "failed");
    const on = await patch(endpoint.id, { enabled: true }, org);
    assert.deepEqual([on.status, on.body.missed.failed, on.body.missed.missing], [200, 1, 1], on.text);
    const later = await add();
    await world.drain();
    assert.deepEqual((await to.events()).map((event) => event.domainId).slice(1), [later.id]);
  });

  test("two organizations hear nothing of each other", async () => {
    const [left, right] = [await scene(), await scene()];
    const domains = [await left.add(), await right.add()];
    await world.drain();
    for (const [index, { org, to }] of [left, right].entries()) {
      const events = await to.events();
      assert.deepEqual(events.map((event) => [event.orgId, event.domainId]), [[org.id, domains[index].id]]);
    }
  });

  test("the numbers of a domain's events rise by one from the first to the last", async () => {
    const { org, to } = await scene();
    const domain = await life(org.token);
    await world.api("DELETE", `/api/domains/${domain.id}`, org);
    await world.drain();
    const numbered = Object.fromEntries((await to.events()).map((event) => [event.seq, event.type]));
    const inOrder = ["domain.added", "dns.verified", "domain.issuing", "certificate.issued", "domain.active", "domain.removed"];
    assert.deepEqual(numbered, Object.fromEntries(inOrder.map((type, index) => [index + 1, type])));
    assert.deepEqual(count((await to.messages()).map((message) => message.headers["webhook-id"])),
      count([...new Set((await to.messages()).map((message) => message.headers["webhook-id"]))]), "each once");
  });

  test("an id that was never given out is nobody's", async () => {
    assert.equal((await patch(`wh_${hex(16)}`, { enabled: false })).status, 404);
  });
});
