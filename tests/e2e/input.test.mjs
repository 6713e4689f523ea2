// Proves that nothing a client sends makes more than a clear refusal: each bad input has its exact status, its error
// word and, where one field is at fault, the name of that field, in the contract's problem document. Nothing of it
// reaches Cloudflare or DNS, makes a row, or brings back words of a library, a database or an upstream.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { hex, newToken, useWorld } from "./support.mjs";

const world = useWorld();

/** Words that would mean that something from inside came out. */
const FROM_INSIDE =
  /sqlite|\bsql\b|d1_|constraint failed|prepare|serde|at line \d|column \d|\bwasm|panick|\.rs\b|undefined|\[object|simulator|127\.0\.0\.1:\d|expected struct|AddDomain|CreateToken|CreateWebhook|UpdateWebhook/i;

/** Sends it and checks the whole refusal. */
async function refused(method, path, options, { status, error, field, code }) {
  const reply = await world.api(method, path, options);
  const what = `${method} ${path} ${options.text ?? JSON.stringify(options.body) ?? ""}: ${reply.status} ${reply.text}`;
  assert.equal(reply.status, status, what.slice(0, 1000));
  assert.equal(reply.body.error, error, what);
  if (field !== undefined) assert.equal(reply.body.errors?.[0]?.field, field, what);
  if (code !== undefined) assert.equal(reply.body.errors?.[0]?.code, code, what);
  assert.doesNotMatch(reply.text, FROM_INSIDE);
  return reply;
}

const bad = (field, code) => ({ status: 400, error: "bad_request", field, code });
const NOT_FOUND = { status: 404, error: "not_found" };
const TOO_LARGE = { status: 413, error: "payload_too_large" };
const NOT_JSON = { status: 415, error: "unsupported_media_type" };

const rows = async () =>
  (
    await world.sql(`SELECT (SELECT COUNT(*) FROM domains) AS domains, (SELECT COUNT(*) FROM events) AS events,
                            (SELECT COUNT(*) FROM api_tokens) AS tokens, (SELECT COUNT(*) FROM audit_logs) AS audits,
                            (SELECT COUNT(*) FROM webhook_endpoints) AS endpoints`)
  )[0];

describe("what is refused leaves no trace", () => {
  let beforehand;
  before(async () => {
    beforehand = await rows();
    await world.forgetCalls();
    await world.forgetCalls("dns");
  });
  after(async () => {
    assert.deepEqual(await world.calls(), [], "Cloudflare was called for something that was refused");
    assert.deepEqual(await world.calls("dns"), [], "DNS was asked for something that was refused");
    assert.deepEqual(await rows(), beforehand, "something that was refused made a row");
  });

  const LABEL_64 = "x".repeat(64);
  const NAME_254 = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(59)}.example.com`;
  const HOSTNAMES = {
    "nothing": ["", " ", "."],
    "spaces and control characters": ["a b.example.com", "app.example .com", "app\u0000.example.com", "app\t.example.com"],
    "empty labels": ["app..example.com", ".app.example.com", "app.example.com.."],
    "what is too long": [`${LABEL_64}.example.com`, NAME_254, `${"a.".repeat(5000)}example.com`],
    "addresses": ["192.0.2.1", "127.0.0.1", "2001:db8::1", "[2001:db8::1]", "2130706433", "0x7f.1", "0x7f000001", "1.2.3.0x4"],
    "what is no host name but an address bar": [
      "https://app.example.com", "app.example.com/path", "app.example.com:443", "user@app.example.com",
      "app.example.com?x=1", "app.example.com#top", "//app.example.com", "app.example.com\\x",
    ],
    "bare public suffixes": ["com", "co.uk", "github.io", "*.com", "*.co.uk"],
    "single labels": ["localhost", "intranet"],
    "reserved names": [
      "app.test", "app.example", "app.invalid", "app.localhost", "printer.local", "db.internal", "x.onion",
      "1.0.0.127.in-addr.arpa", "example.com", "example.net", "example.org",
    ],
    "our own zone": ["dcvaas.example", "customers.dcvaas.example", "x.customers.dcvaas.example"],
    "misplaced asterisks": ["*", "*.", "app.*.example.com", "a*.example.com", "*a.example.com", "*.*.example.com", "app.example.*"],
    "hyphens and characters that no host name has": [
      "-app.example.com", "app-.example.com", "app_1.example.com", "app!.example.com", "ap'p.example.com",
      "app.example.com'; DROP TABLE domains; --", "<b>.example.com", "%61pp.example.com",
    ],
    "broken or deceptive internationalised names": ["xn--a.example.com", "xn--\u00fc.example.com", "\u202eapp.example.com", "a\u200db.example.com", "xn--zzzzzz-.example.com"],
  };
  for (const [kind, hostnames] of Object.entries(HOSTNAMES)) {
    test(`hostnames: ${kind}`, async () => {
      for (const hostname of hostnames) {
        await refused("POST", "/api/domains", { body: { hostname } }, bad("hostname"));
        await refused("POST", "/api/domains", { body: { domainName: hostname } }, bad("domainName"));
      }
    });
  }

  test("wrong types name their field, what is missing or unknown is named too", async () => {
    const post = (body, field) => refused("POST", "/api/domains", { body }, bad(field));
    for (const value of [5, true, [], ["app.example.com"], {}, 1e300]) {
      await post({ hostname: value }, "hostname");
      await post({ domainName: value }, "domainName");
    }
    await post({}, "hostname");
    await post({ hostname: null }, "hostname");
    await post({ hostname: "app.example.com", domainName: "app.example.com" }, "domainName");
    await post({ hostname: "app.example.com", colour: "red" }, "colour");
    await post({ hostname: "app.example.com", orgId: "org_1" }, "orgId");
    await post({ hostname: "app.example.com", __proto__x: {} }, "__proto__x");

    const token = (body, field) => refused("POST", "/api/tokens", { body }, bad(field));
    await token({}, "name");
    for (const name of [null, "", "   ", "x".repeat(101), 5, {}]) await token({ name }, "name");
    for (const scopes of [[], ["domains:own"], ["domains:read", "*"], ["ADMIN"], "admin", {}, 7]) await token({ name: "t", scopes }, "scopes");
    await token({ name: "t", scopes: ["domains:read", 7] }, "scopes[1]");
    for (const expiresAt of ["never", "", "2026", "2026-13-01T00:00:00Z", "2020-01-01T00:00:00Z", 1893456000, {}, "2027-01-31"]) {
      await token({ name: "t", expiresAt }, "expiresAt");
    }
    await token({ name: "t", hash: "00" }, "hash");

    const { url } = world.receiver();
    const webhook = (body, field) => refused("POST", "/api/webhooks", { body }, bad(field));
    await webhook({}, "url");
    for (const wrong of [null, "", "x", 5, [], `https://hooks.example.com/${"x".repeat(3000)}`]) await webhook({ url: wrong }, "url");
    for (const events of [[], ["nothing.happened"], ["domain.active", "**"], ["DOMAIN.ACTIVE"], "domain.active", Array(65).fill("*")]) {
      await webhook({ url, events }, "events");
    }
    await webhook({ url, events: ["domain.active", 5] }, "events[1]");
    await webhook({ url, description: "x".repeat(501) }, "description");
    await webhook({ url, secret: "ab".repeat(32) }, "secret");
  });

  test("bodies that are no JSON object are refused as a whole", async () => {
    const bodies = ["", "  ", "null", "[]", '["app.example.com",null]', '["app","app",null]', "7", '"app.example.com"', "true", "{", '{"hostname":', "{hostname:1}", "{'hostname':'a'}",
      '{"hostname":"app.example.com"} {}', '{"hostname":"app.example.com",}', "\u0000", "NaN", '{"hostname":"\\ud800"}',
      "[".repeat(100_000), `{"hostname":${"{\"a\":".repeat(10_000)}`];
    for (const path of ["/api/domains", "/api/tokens", "/api/webhooks"]) {
      for (const text of bodies) await refused("POST", path, { text }, { status: 400, error: "bad_request" });
    }
    const repeated = '{"hostname":"one.example.com","hostname":"two.example.com"}';
    await refused("POST", "/api/domains", { text: repeated }, { status: 400, error: "bad_request" });
    const notUtf8 = new Uint8Array([...Buffer.from('{"hostname":"'), 0xff, 0xfe, ...Buffer.from('.example.com"}')]);
    await refused("POST", "/api/domains", { text: notUtf8 }, { status: 400, error: "bad_request" });
  });

  test("only application/json is read", async () => {
    const text = '{"hostname":"typed.example.com"}';
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp",
      "text/json", "application/xml", "json", "application/json, text/plain", "*/*"]) {
      await refused("POST", "/api/domains", { text, headers: { "content-type": type } }, NOT_JSON);
    }
    await refused("POST", "/api/domains", { text: new Uint8Array(Buffer.from(text)), headers: { "content-type": "" } }, NOT_JSON);
  });

  test("a body of more than 256 KiB is refused, whether its length is declared or not", async () => {
    const text = JSON.stringify({ hostname: "x".repeat(256 * 1024) });
    await refused("POST", "/api/domains", { text }, TOO_LARGE);
    await refused("POST", "/api/tokens", { text: " ".repeat(256 * 1024 + 1) }, TOO_LARGE);
    const response = await fetch(`${world.apiUrl}/api/domains`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.token}`, "content-type": "application/json" },
      body: new ReadableStream({
        start(controller) {
          for (let sent = 0; sent <= text.length; sent += 16_384) controller.enqueue(Buffer.from(text.slice(sent, sent + 16_384)));
          controller.close();
        },
      }),
      duplex: "half",
    });
    assert.equal(response.status, 413);
    // One that is just small enough is read, and then refused for what it says.
    await refused("POST", "/api/domains", { body: { hostname: "x".repeat(256 * 1024 - 20) } }, bad("hostname"));
  });

  test("malformed percent signs and unreadable bytes in an address are 400", async () => {
    for (const id of ["%zz", "%", "%4", "dom_%ff", "%c3%28"]) {
      for (const [method, path] of [["GET", `/api/domains/${id}`], ["DELETE", `/api/domains/${id}`], ["POST", `/api/domains/${id}/sync`],
        ["DELETE", `/api/webhooks/${id}`], ["DELETE", `/api/tokens/${id}`]]) {
        await refused(method, path, {}, bad("id"));
      }
      await refused("GET", `/api/domains?limit=${id}`, {}, bad("limit"));
      await refused("GET", `/api/domains?cursor=${id}`, {}, bad("cursor"));
    }
    await refused("GET", "/api/domains?%zz=1", {}, { status: 400, error: "bad_request" });
  });

  test("limits are whole numbers from 1 to 200, cursors come from us, other parameters are refused by name", async () => {
    for (const path of ["/api/domains", "/api/tokens", "/api/webhooks"]) {
      for (const limit of ["0", "-1", "201", "1.5", "1e2", "", "abc", "%2B5", " 5", "0x10", "99999999999999999999", "5&limit=5"]) {
        await refused("GET", `${path}?limit=${limit}`, {}, bad("limit"));
      }
      for (const cursor of ["", "x", "1", "org_00000000000000000000000000000000", "dom_", "' OR 1=1 --", `dom_${"0".repeat(33)}`]) {
        await refused("GET", `${path}?cursor=${encodeURIComponent(cursor)}`, {}, bad("cursor"));
      }
      await refused("GET", `${path}?colour=red`, {}, bad("colour"));
      await refused("GET", `${path}?limit=5&offset=10`, {}, bad("offset"));
    }
    await refused("GET", "/api/domains/dom_0/?x=1", {}, NOT_FOUND);
    await refused("GET", `/api/domains/dom_${hex(16)}?x=1`, {}, bad("x"));
    await refused("POST", "/api/domains?limit=1", { body: { hostname: "app.example.com" } }, bad("limit"));
  });

  test("a known path with another method is 405, and says which it takes", async () => {
    for (const [method, path, allowed] of [
      ["PUT", "/api/domains", ["GET", "POST"]],
      ["DELETE", "/api/domains", ["GET", "POST"]],
      ["PUT", "/api/domains/dom_1", ["GET", "PATCH", "DELETE"]],
      ["GET", "/api/domains/dom_1/sync", ["POST"]],
      ["PATCH", "/api/tokens", ["GET", "POST"]],
      ["GET", "/api/tokens/tok_1", ["DELETE"]],
      ["PUT", "/api/webhooks/wh_1", ["PATCH", "DELETE"]],
      ["POST", "/health", ["GET"]],
    ]) {
      const reply = await refused(method, path, {}, { status: 405, error: "method_not_allowed" });
      for (const word of allowed) assert.match(reply.body.message, new RegExp(`\\b${word}\\b`));
    }
  });

  test("what is not there is 404, with a valid token and without one", async () => {
    for (const path of ["/api/", "/api/nothing", "/api/domains/", "/api/domains/a/b", "/api/domains/a/sync/b", "/api/Domains",
      "/api//domains", "/api/domains;x=1"]) {
      await refused("GET", path, {}, NOT_FOUND);
      await refused("GET", path, { token: null }, NOT_FOUND);
    }
  });

  test("every credential that is not valid gets a 401, which says no more than what its sender can see", async () => {
    const good = world.token;
    const flipped = good.slice(0, -1) + (good.endsWith("0") ? "1" : "0");
    const other = newToken();
    const credentials = [
      {}, { authorization: "Bearer" }, { authorization: "Bearer " }, { authorization: good }, { authorization: `Basic ${good}` },
      { authorization: `Token ${good}` }, { authorization: "Bearer dcv_" }, { authorization: `Bearer ${flipped}` },
      { authorization: `Bearer ${good.slice(4)}` }, { authorization: `Bearer ${good} ${good}` }, { authorization: `Bearer ${good}x` },
      { authorization: `Bearer ${good.toUpperCase()}` }, { authorization: `Bearer ${"x".repeat(8000)}` }, { authorization: `Bearer ${other}` },
      { authorization: "Bearer null" }, { authorization: `Bearer dcv_${"0".repeat(64)}_000000` }, { authorization: "Bearer ' OR 1=1 --" },
      { cookie: "__Host-dcvaas_session=" }, { cookie: `__Host-dcvaas_session=${hex(32)}` }, { cookie: `__Host-dcvaas_session=${good}` },
      { cookie: "session=1", authorization: "" },
    ];
    const answers = new Set();
    for (const credential of credentials) {
      // From our own pages, so that nothing but the credential is wrong.
      const headers = { ...credential, origin: world.apiUrl };
      for (const [method, path] of [["GET", "/api/domains"], ["GET", "/api/tokens"], ["DELETE", `/api/domains/dom_${hex(16)}`]]) {
        const reply = await world.api(method, path, { token: null, headers });
        assert.equal(reply.status, 401, `${JSON.stringify(headers).slice(0, 200)}: ${reply.text}`);
        assert.equal(reply.body.error, "unauthorized");
        assert.equal(reply.headers.get("www-authenticate"), "Bearer");
        answers.add(JSON.stringify({ ...reply.body, requestId: "" }));
      }
      const post = await world.api("POST", "/api/domains", { token: null, headers, body: { hostname: "app.example.com" } });
      assert.equal(post.status, 401, post.text);
    }
    const reasons = [...answers].map((answer) => JSON.parse(answer).reason).sort();
    assert.deepEqual(reasons, ["malformed", "missing", "unknown"], "one answer each, on every route");
  });

  test("ids that cannot be ids are not found", async () => {
    for (const id of ["x", "dom_", "dom_1", `tok_${hex(16)}`, `dom_${hex(16)}`, `DOM_${hex(16)}`, `dom_${hex(17)}`, "dom_'%20OR%201=1--", "..%2f..", "%00"]) {
      await refused("GET", `/api/domains/${id}`, {}, NOT_FOUND);
      await refused("DELETE", `/api/domains/${id}`, {}, NOT_FOUND);
      await refused("POST", `/api/domains/${id}/sync`, {}, NOT_FOUND);
      await refused("DELETE", `/api/webhooks/${id}`, {}, NOT_FOUND);
      await refused("PATCH", `/api/webhooks/${id}`, { body: { enabled: false } }, NOT_FOUND);
      await refused("DELETE", `/api/tokens/${id}`, {}, NOT_FOUND);
    }
  });

  test("a session is started by our own pages only, once for each link, and never by a guess", async () => {
    const start = (headers, token) => world.api("POST", "/api/session", { token: null, headers, body: { token } });
    const guess = hex(32);
    for (const headers of [{}, { origin: "null" }, { origin: "https://evil.example" }, { origin: `${world.apiUrl}.evil.example` }]) {
      assert.equal((await start(headers, guess)).status, 403);
    }
    for (const token of ["", "x", guess, world.token]) {
      const reply = await start({ origin: world.apiUrl }, token);
      assert.equal(reply.status, 401, reply.text);
    }
    await refused("POST", "/api/session", { token: null, headers: { origin: world.apiUrl }, body: {} }, bad("token"));
  });
});

describe("the same answer for what is somebody else's and what is not there", () => {
  test("another organization's domains, endpoints and tokens can neither be seen nor touched", async () => {
    const theirs = await world.organization();
    const domain = await world.add(undefined, { token: theirs.token });
    const endpoint = await world.endpoint(world.receiver(), { token: theirs.token });
    const token = (await world.api("GET", "/api/tokens", { token: theirs.token })).body.tokens[0];
    const kept = await rows();
    for (const [method, path, body] of [
      ["GET", `/api/domains/${domain.id}`], ["DELETE", `/api/domains/${domain.id}`], ["POST", `/api/domains/${domain.id}/sync`],
      ["PATCH", `/api/webhooks/${endpoint.id}`, { enabled: false }], ["DELETE", `/api/webhooks/${endpoint.id}`], ["DELETE", `/api/tokens/${token.id}`],
    ]) {
      const foreign = await refused(method, path, { body }, NOT_FOUND);
      const absent = await refused(method, path.replace(/_[0-9a-f]{32}/, `_${hex(16)}`), { body }, NOT_FOUND);
      assert.deepEqual({ ...foreign.body, requestId: "" }, { ...absent.body, requestId: "" });
    }
    assert.deepEqual(await rows(), kept);
    assert.equal((await world.domain(domain.id, { token: theirs.token })).id, domain.id);
    for (const [path, list] of [["/api/domains", "domains"], ["/api/webhooks", "webhooks"], ["/api/tokens", "tokens"]]) {
      const ours = (await world.api("GET", path)).body[list];
      assert.ok(ours.every((item) => item.orgId === world.orgId), path);
    }
  });

  test("a cursor of another organization's list shows nothing of theirs", async () => {
    const theirs = await world.organization();
    const domain = await world.add(undefined, { token: theirs.token });
    const page = await world.api("GET", `/api/domains?cursor=${domain.id}`);
    assert.equal(page.status, 200);
    assert.ok(page.body.domains.every((item) => item.orgId === world.orgId));
  });
});

describe("what looks odd but is right is taken", () => {
  test("case, a final dot and international names come out as one normal form", async () => {
    for (const [given, kept] of [
      ["APP.Odd.Example.COM", "app.odd.example.com"],
      ["dotted.odd.example.com.", "dotted.odd.example.com"],
      ["m\u00fcller.odd.example.com", "xn--mller-kva.odd.example.com"],
      ["xn--bcher-kva.odd.example.com", "xn--bcher-kva.odd.example.com"],
      [`${"l".repeat(63)}.odd.example.com`, `${"l".repeat(63)}.odd.example.com`],
      ["1.odd.example.com", "1.odd.example.com"],
    ]) {
      const domain = await world.add(given);
      assert.equal(domain.domainName, kept);
      assert.equal(domain.cfStatus, "pending", `${kept} reached Cloudflare`);
    }
  });

  test("a wildcard is added with the delegation of its base name", async () => {
    const domain = await world.add("*.wild.example.com");
    assert.equal(domain.wildcard, true);
    const delegation = domain.dnsRecords.find((record) => record.purpose === "delegation");
    assert.equal(delegation.name, "_acme-challenge.wild.example.com");
    assert.ok(domain.cfCustomHostnameId, "it was created at Cloudflare");
  });

  test("a charset beside application/json, and Bearer in any case, are fine", async () => {
    const reply = await world.api("POST", "/api/domains", {
      token: null,
      text: JSON.stringify({ hostname: world.hostname("charset") }),
      headers: { "content-type": "Application/JSON; charset=utf-8", authorization: `bEARER ${world.token}` },
    });
    assert.equal(reply.status, 201, reply.text);
  });

  test("health answers without a credential", async () => {
    const reply = await world.api("GET", "/health", { token: null });
    assert.equal(reply.status, 200);
    assert.equal(reply.body.ok, true);
    assert.equal(reply.body.dependencies.database.status, "ok");
  });
});
