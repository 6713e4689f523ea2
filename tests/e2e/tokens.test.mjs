// Proves that API tokens hold what the contract says: the text is shown once and only its hash is kept, each scope
// opens what it names and no more, expiry and revocation count from the next request on, a token cannot make a
// stronger one, and no secret of any kind stands in the database, in the logs or in an answer a second time.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";

import { checksum, hex, newToken, sha256, until, useWorld } from "./support.mjs";

const world = useWorld();

const create = (body, options) => world.api("POST", "/api/tokens", { ...options, body: { name: "Test", ...body } });

/** The text of every token that this file made. */
const shown = [];

/** A token with these scopes, and what is kept of it. */
async function made(scopes, body = {}, options) {
  const reply = await create({ scopes, ...body }, options);
  assert.equal(reply.status, 201, reply.text);
  shown.push(reply.body.token);
  return { token: reply.body.token, meta: reply.body.tokenMeta };
}

const status = async (token, method = "GET", where = "/api/domains", body) =>
  (await world.api(method, where, { token, body })).status;

describe("making", () => {
  test("the text is of the form that secret scanners know, shown once, and the list shows the rest", async () => {
    const reply = await create({ scopes: ["domains:read", "webhooks:read"], name: "  CI deploys  " });
    assert.equal(reply.status, 201, reply.text);
    assert.equal(reply.headers.get("cache-control"), "no-store");
    assert.equal(reply.headers.get("etag"), null);
    const { token, tokenMeta } = reply.body;
    assert.match(token, /^dcv_[0-9a-f]{64}_[0-9A-Za-z]{6}$/);
    assert.equal(token.slice(-6), checksum(token.slice(0, -6)));
    const { id, createdBy, createdAt, person, ...rest } = tokenMeta;
    assert.match(id, /^tok_[0-9a-f]{32}$/);
    assert.ok(createdBy && Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
    assert.deepEqual(rest, {
      orgId: world.orgId, name: "CI deploys", prefix: token.slice(0, 12), lastFour: token.slice(-4),
      scopes: ["domains:read", "webhooks:read"], domainTags: [], allowedIps: [], replacedBy: null, lastUsedAt: null, expiresAt: null,
      unused: false,
    });
    const [{ user_id }] = await world.sql("SELECT user_id FROM members WHERE org_id = ?", world.orgId);
    assert.deepEqual(person, { id: user_id, status: "active" }, "who made the token that made it");
    const list = await world.api("GET", "/api/tokens");
    assert.deepEqual(list.body.tokens.find((item) => item.id === id), tokenMeta);
    for (const secret of [token, token.slice(4, 68), sha256(token)]) {
      assert.ok(!list.text.includes(secret) && !JSON.stringify(tokenMeta).includes(secret));
    }
    const [row] = await world.sql("SELECT hash FROM api_tokens WHERE id = ?", id);
    assert.equal(row.hash, sha256(token), "SHA-256 of the whole text");
  });

  test("without scopes it may read domains and nothing else", async () => {
    const { token, meta } = await made(undefined);
    assert.deepEqual(meta.scopes, ["domains:read"]);
    assert.equal(await status(token), 200);
    assert.equal(await status(token, "POST", "/api/domains", { hostname: world.hostname() }), 403);
    assert.equal(await status(token, "GET", "/api/tokens"), 403);
  });

  test("limited to tags, it is told of no other domain and can do nothing else", async () => {
    const { token, meta } = await made(["domains:write"], { domainTags: ["team-a"] });
    assert.deepEqual(meta.domainTags, ["team-a"]);
    const own = { hostname: world.hostname(), tags: ["team-a"] };
    const foreign = await world.api("POST", "/api/domains", { body: { hostname: world.hostname(), tags: ["team-b"] } });
    assert.equal(await status(token, "POST", "/api/domains", { hostname: world.hostname() }), 403);
    assert.equal(await status(token, "POST", "/api/domains", own), 201);
    const list = await world.api("GET", "/api/domains", { token });
    assert.deepEqual(list.body.domains.map(({ domainName }) => domainName), [own.hostname]);
    for (const [method, path] of [["GET", ""], ["POST", "/sync"], ["DELETE", ""]]) {
      assert.equal(await status(token, method, `/api/domains/${foreign.body.domain.id}${path}`), 404, method + path);
    }
    assert.equal(await status(token, "GET", "/api/webhooks"), 403);
    const wide = await create({ name: "wide", scopes: ["admin"], domainTags: ["team-a"] });
    assert.deepEqual([wide.status, wide.body.errors[0].field], [400, "scopes"]);
  });

  test("a name may be anything that is text, and comes back as it was", async () => {
    for (const name of ['"quoted" \\ back', "Ünïcödé 😀", "<script>alert(1)</script>", "'; DROP TABLE api_tokens; --"]) {
      const { meta } = await made(["domains:read"], { name });
      assert.equal(meta.name, name);
      const { body } = await world.api("GET", "/api/tokens?limit=200");
      assert.equal(body.tokens.find((item) => item.id === meta.id).name, name);
    }
  });
});

describe("scopes", () => {
  const NEEDS = [
    ["GET", "/api/organizations", "domains:read"],
    ["GET", "/api/domains", "domains:read"],
    ["GET", `/api/domains/dom_${hex(16)}`, "domains:read"],
    ["POST", "/api/domains", "domains:write"],
    ["POST", `/api/domains/dom_${hex(16)}/sync`, "domains:write"],
    ["DELETE", `/api/domains/dom_${hex(16)}`, "domains:write"],
    ["GET", "/api/webhooks", "webhooks:read"],
    ["POST", "/api/webhooks", "webhooks:write"],
    ["PATCH", `/api/webhooks/wh_${hex(16)}`, "webhooks:write"],
    ["DELETE", `/api/webhooks/wh_${hex(16)}`, "webhooks:write"],
    ["GET", "/api/tokens", "tokens:read"],
    ["POST", "/api/tokens", "tokens:write"],
    ["DELETE", `/api/tokens/tok_${hex(16)}`, "tokens:write"],
  ];
  const includes = (held, wanted) => held === wanted || held === "admin" || held.replace(":write", ":read") === wanted;

  for (const held of ["domains:read", "domains:write", "webhooks:read", "webhooks:write", "tokens:read", "tokens:write", "admin"]) {
    test(`${held} opens what it names and no more`, async () => {
      const { token } = await made([held]);
      for (const [method, where, wanted] of NEEDS) {
        const reply = await world.api(method, where, { token, body: method === "POST" || method === "PATCH" ? {} : undefined });
        if (includes(held, wanted)) {
          assert.ok([200, 400, 404].includes(reply.status), `${method} ${where}: ${reply.status} ${reply.text}`);
        } else {
          assert.equal(reply.status, 403, `${method} ${where} with ${held}`);
          assert.equal(reply.body.error, "forbidden");
          assert.ok(reply.body.message.includes(wanted), "the refusal names the scope that is missing");
        }
      }
    });
  }

  test("what needs a person refuses every token", async () => {
    for (const method of ["GET", "DELETE"]) {
      const reply = await world.api(method, "/api/session");
      assert.equal(reply.status, 403, reply.text);
    }
  });

  test("a token can only make tokens with scopes that it has itself", async () => {
    const { token } = await made(["tokens:write", "domains:read"]);
    for (const scopes of [["admin"], ["domains:write"], ["domains:read", "webhooks:read"], ["tokens:write", "admin"]]) {
      const reply = await create({ scopes }, { token });
      assert.equal(reply.status, 403, `${scopes}: ${reply.text}`);
    }
    for (const scopes of [undefined, ["domains:read"], ["tokens:write"], ["tokens:read", "domains:read"]]) {
      await made(scopes, {}, { token });
    }
    const { token: writer } = await made(["tokens:write"]);
    assert.equal((await create({}, { token: writer })).status, 403, "not even the default, when it lacks that");
  });
});

describe("the end of a token", () => {
  test("revoked, it is refused from the next request on, and told apart from one that nobody had", async () => {
    const { token, meta } = await made(["domains:read"]);
    assert.equal(await status(token), 200);
    assert.equal((await world.api("DELETE", `/api/tokens/${meta.id}`)).status, 204);
    const after = await world.api("GET", "/api/domains", { token });
    assert.equal(after.status, 401);
    const unknown = await world.api("GET", "/api/domains", { token: newToken() });
    assert.deepEqual([after.body.reason, unknown.body.reason], ["revoked", "unknown"]);
    assert.equal((await world.api("DELETE", `/api/tokens/${meta.id}`)).status, 404);
    const { body } = await world.api("GET", "/api/tokens?limit=200");
    assert.equal(body.tokens.find((item) => item.id === meta.id), undefined);
  });

  test("expired, it is refused too; an end with an offset is kept as the instant that it is", async () => {
    const { token, meta } = await made(["domains:read"], { expiresAt: "2031-05-01T02:00:00+02:00" });
    assert.equal(meta.expiresAt, "2031-05-01T00:00:00.000Z");
    assert.equal(await status(token), 200);
    await world.sql("UPDATE api_tokens SET expires_at = ? WHERE id = ?", Date.now() + 60_000, meta.id);
    assert.equal(await status(token), 200);
    await world.sql("UPDATE api_tokens SET expires_at = ? WHERE id = ?", Date.now() - 1, meta.id);
    for (const [method, where] of [["GET", "/api/domains"], ["POST", "/api/domains"], ["GET", "/api/tokens"]]) {
      assert.equal(await status(token, method, where, method === "POST" ? { hostname: "app.example.com" } : undefined), 401);
    }
    assert.equal((await world.api("GET", "/api/domains", { token })).body.reason, "expired");
  });

  test("who made it is told by mail a week before, and who listens by an event, once", async () => {
    const person = { token: null, headers: await world.session() };
    const name = "Nightly <import> & Söhne";
    const expiresAt = new Date(Date.now() + 6 * 86_400_000).toISOString();
    const to = world.receiver();
    await world.endpoint(to, { events: ["token.expiring"] });
    const { meta } = await made(["domains:read"], { name, expiresAt }, person);
    assert.equal(meta.person.status, "active");
    const mails = async () =>
      (await world.simulator("GET", "/control/mail")).filter(({ subject }) => subject.includes(name));
    await world.tick();
    await world.tick();
    const [mail, ...more] = await until("the reminder", async () => (await mails()).length > 0 && mails());
    assert.deepEqual(more, []);
    assert.deepEqual(mail.to, [world.ownerEmail]);
    assert.equal(mail.subject, `API token “${name}” ends on ${expiresAt.slice(0, 10)}`);
    assert.ok(mail.text.includes(`${world.apiUrl}/tokens`), mail.text);
    assert.ok(mail.html.includes("Nightly &lt;import&gt; &amp; Söhne"), mail.html);
    const told = (await to.events()).map(({ tokenId, name: called, withinDays, expiresAt: ends }) => [tokenId, called, withinDays, ends]);
    assert.deepEqual(told, [[meta.id, name, 7, expiresAt]]);
  });

  test("after an incident all of one person's go at once, with those that these made", async () => {
    const theirs = await world.organization();
    const person = { token: null, headers: { ...(await world.session()), "dcvaas-organization": theirs.id } };
    const [{ user_id }] = await world.sql("SELECT user_id FROM members WHERE org_id = ?", world.orgId);
    await world.sql("INSERT INTO members (org_id, user_id, role, status, created_at, updated_at) VALUES (?1, ?2, 'admin', 'active', ?3, ?3)", theirs.id, user_id, Date.now());
    const first = await made(["tokens:write"], {}, person);
    const second = await made(["tokens:write"], {}, { token: first.token });
    const reply = await world.api("POST", "/api/tokens/revoke-all", { ...person, body: { person: user_id } });
    assert.deepEqual([reply.status, reply.body], [200, { revoked: 2 }]);
    for (const { token } of [first, second]) {
      assert.equal((await world.api("GET", "/api/tokens", { token })).body.reason, "revoked");
    }
    assert.equal(await status(theirs.token), 200, "that one is somebody else's");
    const all = await world.api("POST", "/api/tokens/revoke-all", { ...person, body: { all: true } });
    assert.deepEqual(all.body, { revoked: 1 });
    assert.equal(await status(theirs.token), 401);
    assert.equal(await status(world.token), 200, "another organization's");
    await world.sql("DELETE FROM members WHERE org_id = ?", theirs.id);
  });

  test("it can revoke itself, and nobody else's", async () => {
    const { token, meta } = await made(["tokens:write"]);
    const theirs = await world.organization();
    const { meta: foreign } = await made(["domains:read"], {}, { token: theirs.token });
    assert.equal(await status(token, "DELETE", `/api/tokens/${foreign.id}`), 404);
    assert.equal((await world.sql("SELECT COUNT(*) AS n FROM api_tokens WHERE id = ?", foreign.id))[0].n, 1);
    assert.equal(await status(token, "DELETE", `/api/tokens/${meta.id}`), 204);
    assert.equal(await status(token, "GET", "/api/tokens"), 401);
  });

  test("when it was last used is known, and written at most once a minute", async () => {
    const { token, meta } = await made(["domains:read"]);
    const lastUsed = async () => (await world.sql("SELECT last_used_at FROM api_tokens WHERE id = ?", meta.id))[0].last_used_at;
    assert.equal(await lastUsed(), null);
    await status(token);
    const first = await until("the use is noted", lastUsed);
    await status(token);
    await world.drain();
    assert.equal(await lastUsed(), first);
    await world.sql("UPDATE api_tokens SET last_used_at = last_used_at - 61000 WHERE id = ?", meta.id);
    await status(token);
    await until("a later use is noted", async () => (await lastUsed()) >= first);
  });
});

describe("people", () => {
  test("a link signs in once; the cookie is out of reach of scripts; signing out ends it", async () => {
    const link = new URL(await world.signInUrl()).hash.replace("#token=", "");
    const start = () => world.api("POST", "/api/session", { token: null, headers: { origin: world.apiUrl }, body: { token: link } });
    const reply = await start();
    assert.equal(reply.status, 201, reply.text);
    assert.equal(reply.body.user.email, world.ownerEmail);
    assert.ok(reply.body.organizations.some((org) => org.id === world.orgId && org.role === "owner"));
    const cookie = reply.headers.get("set-cookie");
    assert.match(cookie, /^__Host-[^=]+=[0-9a-f]{64}; /);
    for (const attribute of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]) assert.ok(cookie.includes(attribute), cookie);
    assert.ok(!/domain=/i.test(cookie));
    assert.equal((await start()).status, 401, "a link works once");

    const person = { token: null, headers: { cookie: cookie.split(";")[0], origin: world.apiUrl } };
    assert.equal((await world.api("GET", "/api/session", person)).status, 200);
    assert.equal((await world.api("GET", "/api/domains", person)).status, 200);
    for (const origin of [undefined, "https://evil.example", "null"]) {
      const headers = { cookie: person.headers.cookie, ...(origin && { origin }) };
      const forged = await world.api("POST", "/api/domains", { token: null, headers, body: { hostname: world.hostname() } });
      assert.equal(forged.status, 403, `Origin: ${origin}`);
    }
    const foreign = await world.organization();
    const asked = (id) => world.api("GET", "/api/domains", { token: null, headers: { ...person.headers, "dcvaas-organization": id } });
    assert.equal((await asked(world.orgId)).status, 200);
    assert.equal((await asked(foreign.id)).status, 401);
    assert.equal((await asked("nonsense")).status, 400);

    assert.equal((await world.api("DELETE", "/api/session", person)).status, 204);
    assert.equal((await world.api("GET", "/api/domains", person)).status, 401);
  });

  test("a link that has expired does not sign in", async () => {
    const link = new URL(await world.signInUrl()).hash.replace("#token=", "");
    await world.sql("UPDATE sign_in_links SET expires_at = ? WHERE hash = ?", Date.now() - 1, sha256(link));
    const reply = await world.api("POST", "/api/session", { token: null, headers: { origin: world.apiUrl }, body: { token: link } });
    assert.equal(reply.status, 401);
  });

  test("a role is enough for its routes and no more", async () => {
    const headers = await world.session();
    const person = { token: null, headers };
    try {
      for (const [role, expected] of [["member", 403], ["admin", 200], ["owner", 200]]) {
        await world.sql("UPDATE members SET role = ? WHERE org_id = ?", role, world.orgId);
        assert.equal((await world.api("GET", "/api/tokens", person)).status, expected, role);
        assert.equal((await world.api("GET", "/api/domains", person)).status, 200, role);
      }
      await world.sql("UPDATE members SET status = 'suspended' WHERE org_id = ?", world.orgId);
      assert.equal((await world.api("GET", "/api/domains", person)).status, 401, "suspended");
    } finally {
      await world.sql("UPDATE members SET role = 'owner', status = 'active' WHERE org_id = ?", world.orgId);
    }
  });
});

test("its use is told with what was refused, and from where it came", async () => {
  const { token, meta } = await made(["domains:read"], { name: "counted" });
  const from = { headers: { "cf-connecting-ip": "2001:DB8::7" }, token };
  for (const [method, where] of [["GET", "/api/domains"], ["GET", "/api/domains"], ["POST", "/api/domains"], ["GET", `/api/domains/dom_${hex(16)}`]]) {
    await world.api(method, where, { ...from, body: method === "POST" ? {} : undefined });
  }
  const [day] = await until("the use is written, once a minute", async () => {
    const { usage } = (await world.api("GET", `/api/tokens/${meta.id}/usage`)).body;
    return usage[0]?.requests === 4 && usage[0].errors === 2 && usage;
  }, 100_000);
  assert.deepEqual(day.routes, [
    { route: "domains.list", requests: 2, errors: 0 }, { route: "domains.add", requests: 1, errors: 1 },
    { route: "domains.get", requests: 1, errors: 1 },
  ]);
  const { addresses } = (await world.api("GET", `/api/tokens/${meta.id}/usage`)).body;
  assert.equal(addresses.length, 1, JSON.stringify(addresses));
  assert.ok(Math.abs(Date.parse(addresses[0].lastSeenAt) - Date.now()) < 180_000);
});

test("a token that GitHub has found in public is revoked at once, and a report that it has not signed is not looked at", async () => {
  const { token, meta } = await made(["domains:read"], { name: "leaked" });
  const url = "https://github.com/acme/app/blob/0123/.env";
  const text = JSON.stringify([token, newToken(), "ghp_0"].map((found) => ({ token: found, type: "dcvaas_api_token", url, source: "content" })));
  const report = (headers, body = text) => world.api("POST", "/api/leaks/github", { token: null, headers, text: body });
  const signed = await (await fetch(`${world.simulatorUrl}/control/github/sign`, { method: "POST", body: text })).json();
  for (const [headers, body] of [[{}, text], [signed, `${text} `], [{ ...signed, "github-public-key-identifier": "0" }, text]]) {
    assert.equal((await report(headers, body)).status, 401);
  }
  assert.equal(await status(token), 200);
  const reply = await report(signed);
  assert.equal(reply.status, 200, reply.text);
  assert.deepEqual(reply.body.map(({ label }) => label), ["true_positive", "false_positive", "false_positive"]);
  assert.equal(reply.body[0].token_hash, sha256(token));
  assert.equal((await world.api("GET", "/api/domains", { token })).body.reason, "revoked");
  const mail = await until("the mail", async () =>
    (await world.simulator("GET", "/control/mail")).find(({ subject }) => subject.includes("“leaked”")));
  assert.ok(mail.to[0] === world.ownerEmail && mail.text.includes(url), mail.text);
  assert.equal((await report(signed)).body[0].label, "true_positive");
  const rows = await world.sql("SELECT action FROM audit_logs WHERE subject_id = ? ORDER BY position", meta.id);
  assert.deepEqual(rows.map(({ action }) => action), ["token.create", "token.leak"]);
});

test("no secret stands in the database, in its files, in the logs, or in a list", async () => {
  const { token } = await made(["admin"]);
  const to = world.receiver();
  const endpoint = await world.endpoint(to, { token });
  const { cookie } = await world.session();
  await world.add(undefined, { token });
  await world.api("GET", "/api/domains", { token: `${token}x` });
  await world.tick();
  const { encryptionKey } = JSON.parse(readFileSync(path.join(world.home, "secrets.json"), "utf8"));
  const bytes = Buffer.from(endpoint.secret, "hex");
  const secrets = {
    "the token": token, "the token's random part": token.slice(4, 68), "the demo token": world.token.slice(4, 68),
    "the webhook secret": endpoint.secret, "the webhook secret in base64": bytes.toString("base64").slice(0, 43),
    "the webhook secret in base64url": bytes.toString("base64url"), "the session": cookie.split("=")[1],
    "the encryption key": encryptionKey, "Cloudflare's token": "simulator-token",
  };
  assert.ok(shown.length > 20);
  for (const [index, text] of shown.entries()) secrets[`token ${index} of this file, leaked and revoked ones too`] = text.slice(4, 68);
  const places = { "the logs": world.logs.join("\n") };
  const tables = await world.sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'");
  assert.ok(tables.length > 10);
  for (const { name } of tables) places[`table ${name}`] = JSON.stringify(await world.sql(`SELECT * FROM "${name}"`));
  for (const file of readdirSync(path.join(world.home, "state"), { recursive: true, withFileTypes: true })) {
    if (file.isFile()) places[`file ${file.name}`] = readFileSync(path.join(file.parentPath, file.name), "latin1");
  }
  for (const where of ["/api/tokens?limit=200", "/api/webhooks?limit=200", "/api/domains?limit=200"]) {
    places[where] = (await world.api("GET", where)).text;
  }
  for (const [what, secret] of Object.entries(secrets)) {
    assert.ok(secret.length >= 15, what);
    for (const [where, text] of Object.entries(places)) assert.ok(!text.includes(secret), `${what} stands in ${where}`);
  }
});
