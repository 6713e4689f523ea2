// Proves on workerd that people sign in by a real provider of OpenID Connect, with each algorithm that we take and
// after its keys changed; and that what an attacker or a hostile provider tries ends at the sign-in page.

import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";

import { startProvider } from "../stack/provider.mjs";
import { freePort } from "../stack/stack.mjs";
import { atOnce, count, sha256, until, useWorld } from "./support.mjs";

const ports = { api: await freePort(), simulator: await freePort() };
const apiUrl = `http://127.0.0.1:${ports.api}`;
const redirectUri = (id) => `${apiUrl}/api/sign-in/providers/${id}/callback`;
const SECRET = "a secret of the client: /+&=%~";

/** One real provider for each algorithm, each with another way to know its client. */
const PROVIDERS = [
  { id: "basic", alg: "RS256", client: { token_endpoint_auth_method: "client_secret_basic" } },
  { id: "post", alg: "PS256", client: { token_endpoint_auth_method: "client_secret_post" }, options: { clientAuthMethods: ["client_secret_post"] } },
  { id: "public", alg: "ES256", client: { token_endpoint_auth_method: "none" } },
  // Its ID tokens say who somebody is and nothing more.
  { id: "shy", alg: "EdDSA", client: { token_endpoint_auth_method: "client_secret_basic" }, options: { conformIdTokenClaims: true } },
];
for (const provider of PROVIDERS) provider.port = await freePort();
const hostile = { id: "hostile", port: await freePort() };
const all = [...PROVIDERS, hostile];

const world = useWorld({
  ports,
  vars: {
    OIDC_PROVIDERS: JSON.stringify(
      all.map(({ id, port }) => ({ id, name: `The ${id} one`, issuer: `http://127.0.0.1:${port}`, clientId: "dcvaas" })),
    ),
    OIDC_CLIENT_SECRETS: JSON.stringify(
      Object.fromEntries(all.filter(({ id }) => id !== "public").map(({ id }) => [id, SECRET])),
    ),
    OUTGOING_ALLOW_HOSTS: [ports.simulator, ...all.map(({ port }) => port)].map((port) => `127.0.0.1:${port}`).join(","),
  },
});

before(async () => {
  for (const provider of PROVIDERS) {
    const { port, id, alg, options } = provider;
    const secret = id === "public" ? {} : { client_secret: SECRET };
    const client = { client_id: "dcvaas", redirect_uris: [redirectUri(id)], ...secret, ...provider.client };
    Object.assign(provider, await startProvider({ port, client, alg, options }));
  }
  await startHostile();
});
after(() => Promise.all(all.map((provider) => provider.stop?.())));

/** A provider that says what the test wants: `hostile.token` makes the ID token of a nonce. */
async function startHostile() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const issuer = `http://127.0.0.1:${hostile.port}`;
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = (header, claims, key = privateKey) => {
    const text = `${part(header)}.${part(claims)}`;
    return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
  };
  const header = { alg: "RS256", kid: "h" };
  const nonces = new Map();
  const answers = {
    "/.well-known/openid-configuration": () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
    }),
    "/keys": () => ({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "h" }] }),
    "/token": (body) => ({ id_token: hostile.token(nonces.get(new URLSearchParams(body).get("code"))) }),
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const answer = answers[request.url]?.(body);
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
  });
  await new Promise((resolve) => server.listen(hostile.port, "127.0.0.1", resolve));
  Object.assign(hostile, {
    issuer,
    header,
    signed,
    publicKey,
    claims: (nonce) => {
      const now = Math.floor(Date.now() / 1000);
      return { iss: issuer, aud: "dcvaas", sub: "mallory", nonce, iat: now, exp: now + 300, email: "mallory@example.test", email_verified: true };
    },
    /** What the browser is sent back with. */
    back(url) {
      const asked = new URL(url).searchParams;
      const code = String(nonces.size);
      nonces.set(code, asked.get("nonce"));
      return `${new URL(asked.get("redirect_uri")).pathname}?code=${code}&state=${asked.get("state")}`;
    },
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  });
}

/** Begins in the browser, and gives where that goes. */
async function begin(browser, id) {
  const reply = await browser("POST", `/api/sign-in/providers/${id}`);
  assert.equal(reply.status, 201, reply.text);
  return reply.body.authorizationUrl;
}

/**
 * Somebody signs in at the provider's own pages and agrees: gives where the browser is sent back to, path and query.
 * `say` may answer a page otherwise.
 */
async function agree(url, login, say = () => undefined) {
  const cookies = new Map();
  let request = { url };
  for (let steps = 0; steps < 12; steps += 1) {
    const response = await fetch(request.url, {
      method: request.body ? "POST" : "GET",
      body: request.body,
      headers: { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") },
      redirect: "manual",
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = set.match(/^([^=]+)=([^;]*)/);
      cookies.set(name, value);
    }
    const text = await response.text();
    const next = response.headers.get("location");
    if (next) {
      const target = new URL(next, request.url);
      if (target.origin === apiUrl) return target.pathname + target.search;
      request = { url: target.href };
      continue;
    }
    const [, prompt] = text.match(/name="prompt" value="(\w+)"/) ?? assert.fail(`${response.status} ${text.slice(0, 400)}`);
    const action = new URL(text.match(/<form[^>]+action="([^"]+)"/)[1], request.url).href;
    request = say(prompt, text, request.url) ?? { url: action, body: new URLSearchParams({ prompt, login, password: "any" }) };
  }
  return assert.fail(`${url} leads nowhere`);
}

/** Comes back: the path that the answer leads to. */
async function back(browser, path) {
  const reply = await browser("GET", path);
  assert.equal(reply.status, 303, reply.text);
  const location = reply.headers.get("location");
  assert.match(location, /^\/(domains|sign-in#refused=\w+)$/, "a page of ours");
  return location;
}

async function signIn(browser, id, login) {
  return back(browser, await agree(await begin(browser, id), login));
}

const who = async (browser) => (await browser("GET", "/api/session")).body;
const replaced = (path, name, value) => {
  const url = new URL(path, apiUrl);
  if (value === undefined) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.pathname + url.search;
};
const refused = (word) => `/sign-in#refused=${word}`;
/** The operator reads in the log why somebody was refused last. */
const told = (cause) =>
  until(`the log says: ${cause}`, () => {
    const text = world.logs.join("\n");
    return text.slice(text.lastIndexOf("sign_in.refused")).slice(0, 500).includes(cause);
  });

describe("a person signs in by a real provider", () => {
  test("the sign-in page is told all of them, by name", async () => {
    const { body } = await world.api("GET", "/api/sign-in/providers", { token: null });
    assert.deepEqual(body.providers, all.map(({ id }) => ({ id, name: `The ${id} one` })));
    assert.ok(!JSON.stringify(body).includes("dcvaas"));
  });

  for (const { id, alg } of PROVIDERS) {
    test(`${id}: ${alg}; the first time makes an organization, the second is the same person`, async () => {
      const login = `${id}@example.test`;
      const browser = world.browser();
      assert.equal(await signIn(browser, id, login), "/domains");
      const first = await who(browser);
      assert.equal(first.user.email, login);
      assert.deepEqual(first.organizations.map(({ plan, role }) => [plan, role]), [["free", "owner"]]);
      const again = world.browser();
      assert.equal(await signIn(again, id, login), "/domains");
      assert.deepEqual(await who(again), first);
      assert.equal((await world.sql("SELECT COUNT(*) AS n FROM identities WHERE subject = ?", login))[0].n, 1);
      assert.equal((await browser("DELETE", "/api/session")).status, 204);
      const rows = await world.sql("SELECT action, detail FROM audit_logs WHERE org_id = ? ORDER BY position", first.organizations[0].id);
      const provider = JSON.stringify({ method: "provider", provider: id });
      assert.deepEqual(rows.map(({ action, detail }) => [action, action === "session.start" ? detail : ""]), [
        ["organization.create", ""], ["session.start", provider], ["session.start", provider], ["session.end", ""],
      ]);
    });
  }

  test("who is known by mail is the same person, if the provider vouches for the address", async () => {
    const email = "linked@example.test";
    const byMail = world.browser();
    await byMail("POST", "/api/sign-in", { email });
    const { text } = await until("the mail", async () => {
      await world.drain();
      return (await world.simulator("GET", "/control/mail")).find(({ to }) => to.includes(email));
    });
    assert.equal((await byMail("POST", "/api/session", { token: text.match(/#token=([0-9a-f]{64})/)[1] })).status, 201);
    const stranger = world.browser();
    assert.equal(await signIn(stranger, "basic", `unverified-${email}`), refused("unverified"));
    assert.equal((await stranger("GET", "/api/session")).status, 401);
    const browser = world.browser();
    assert.equal(await signIn(browser, "basic", email), "/domains");
    assert.deepEqual(await who(browser), await who(byMail));
  });

  test("an address that is not verified makes nobody", async () => {
    assert.equal(await signIn(world.browser(), "post", "unverified-nobody@example.test"), refused("unverified"));
    assert.equal(await signIn(world.browser(), "shy", "unverified-nobody@example.test"), refused("unverified"));
    assert.deepEqual(await world.sql("SELECT * FROM users WHERE email LIKE '%nobody@example.test'"), []);
  });

  test("keys that the provider changed are fetched", async () => {
    const { id, rotate } = PROVIDERS[0];
    assert.equal(await signIn(world.browser(), id, "rotated@example.test"), "/domains");
    rotate();
    assert.equal(await signIn(world.browser(), id, "rotated@example.test"), "/domains");
  });

  test("who says no there is told so", async () => {
    const browser = world.browser();
    const abort = (_prompt, text, url) => ({ url: new URL(text.match(/href="([^"]+\/abort)"/)[1], url).href });
    const path = await agree(await begin(browser, "basic"), "no@example.test", abort);
    assert.match(path, /error=access_denied/);
    assert.equal(await back(browser, path), refused("denied"));
  });
});

describe("what an attacker tries", () => {
  test("an answer is used once, by twenty at once too", async () => {
    const browser = world.browser();
    const path = await agree(await begin(browser, "basic"), "once@example.test");
    const replies = await atOnce(20, () => browser.copy()("GET", path));
    assert.deepEqual(count(replies.map(({ headers }) => headers.get("location"))), { "/domains": 1, [refused("ended")]: 19 });
    assert.equal((await world.sql("SELECT COUNT(*) AS n FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = 'once@example.test'"))[0].n, 1);
  });

  test("a code that was used, and one of somebody else, are of no use in another attempt", async () => {
    const victim = world.browser();
    const used = await agree(await begin(victim, "basic"), "victim@example.test");
    const unused = await agree(await begin(world.browser(), "basic"), "victim@example.test");
    assert.equal(await back(victim, used), "/domains");
    for (const stolen of [used, unused]) {
      const attacker = world.browser();
      const own = await agree(await begin(attacker, "basic"), "attacker@example.test");
      const code = new URL(stolen, apiUrl).searchParams.get("code");
      assert.equal(await back(attacker, replaced(own, "code", code)), refused("ended"));
      await told("does not know the code");
      assert.equal((await attacker("GET", "/api/session")).status, 401);
    }
  });

  test("the provider itself insists on the challenge", async () => {
    const browser = world.browser();
    const url = await begin(browser, "basic");
    assert.match(url, /&code_challenge=[\w-]{43}&code_challenge_method=S256$/);
    const downgraded = await agree(url.replace(/&code_challenge.*$/, ""), "pkce@example.test");
    assert.equal(await back(browser, downgraded), refused("unavailable"));
    const other = world.browser();
    const swapped = (await begin(other, "basic")).replace(/code_challenge=[\w-]{43}/, `code_challenge=${"A".repeat(43)}`);
    assert.equal(await back(other, await agree(swapped, "pkce@example.test")), refused("ended"));
  });

  test("another browser gets nowhere: neither with a stolen answer, nor with one that was slipped to it", async () => {
    const attacker = world.browser();
    const path = await agree(await begin(attacker, "basic"), "csrf@example.test");
    const victim = world.browser();
    assert.equal(await back(victim, path), refused("ended"), "without a cookie");
    await begin(victim, "basic");
    assert.equal(await back(victim, path), refused("ended"), "with the cookie of its own attempt");
    assert.equal((await victim("GET", "/api/session")).status, 401);
    assert.equal(await back(attacker, path), "/domains", "it still works where it was begun");
  });

  test("a session that was planted before is not the one that is signed in", async () => {
    const planted = "0".repeat(64);
    const browser = world.browser({ "__Host-dcvaas_session": planted });
    assert.equal(await signIn(browser, "basic", "fixed@example.test"), "/domains");
    assert.equal((await world.api("GET", "/api/session", { token: null, headers: { cookie: `__Host-dcvaas_session=${planted}` } })).status, 401);
    assert.equal((await who(browser)).user.email, "fixed@example.test");
  });

  test("a state that is forged, foreign or too old is refused", async () => {
    for (const change of ["f".repeat(64), "", undefined, "../../x"]) {
      const browser = world.browser();
      const path = await agree(await begin(browser, "basic"), "state@example.test");
      assert.equal(await back(browser, replaced(path, "state", change)), refused("ended"));
    }
    const browser = world.browser();
    const path = await agree(await begin(browser, "basic"), "state@example.test");
    await world.sql("UPDATE oidc_attempts SET expires_at = 1");
    assert.equal(await back(browser, path), refused("ended"));
    await world.tick();
    assert.deepEqual(await world.sql("SELECT * FROM oidc_attempts"), []);
  });

  test("no provider passes for another", async () => {
    const lures = [
      (path) => path.replace("/basic/", "/hostile/"),
      (path) => replaced(path, "iss", hostile.issuer),
      (path) => replaced(path, "iss", undefined),
      (path) => replaced(path, "iss", `${PROVIDERS[0].issuer}/`),
    ];
    for (const lure of lures) {
      const browser = world.browser();
      const path = await agree(await begin(browser, "basic"), "mixed@example.test");
      assert.match(path, /[?&]iss=http/);
      assert.equal(await back(browser, lure(path)), refused("untrusted"));
    }
  });

  test("no parameter leads away from us, and only our own page begins", async () => {
    const browser = world.browser();
    const path = await agree(await begin(browser, "basic"), "open@example.test");
    const evil = "https://evil.example/";
    const lured = ["next", "redirect_uri", "return_to", "url"].reduce((to, name) => replaced(to, name, evil), path);
    assert.equal(await back(browser, lured), "/domains");
    for (const headers of [{}, { origin: evil }, { origin: "null" }]) {
      const reply = await world.api("POST", "/api/sign-in/providers/basic", { token: null, headers });
      assert.equal(reply.status, 403);
    }
  });
});

describe("what a hostile provider says", () => {
  const attempt = async () => {
    const browser = world.browser();
    return { browser, location: await back(browser, hostile.back(await begin(browser, "hostile"))) };
  };

  test("a token that holds signs in", async () => {
    hostile.token = (nonce) => hostile.signed(hostile.header, hostile.claims(nonce));
    const { browser, location } = await attempt();
    assert.equal(location, "/domains");
    assert.equal((await who(browser)).user.email, "mallory@example.test");
  });

  const now = () => Math.floor(Date.now() / 1000);
  const changed = (change) => (nonce) => hostile.signed(hostile.header, { ...hostile.claims(nonce), ...change() });
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const tokens = {
    nonce: changed(() => ({ nonce: "0".repeat(64) })),
    audience: changed(() => ({ aud: "another" })),
    "authorized party": changed(() => ({ aud: ["dcvaas", "another"], azp: "another" })),
    issuer: changed(() => ({ iss: PROVIDERS[0].issuer })),
    expired: changed(() => ({ exp: now() - 61 })),
    "time of issue": changed(() => ({ iat: now() + 120 })),
    subject: changed(() => ({ sub: undefined })),
    signature: (nonce) => hostile.signed(hostile.header, hostile.claims(nonce), generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey),
    "unknown key": (nonce) => hostile.signed({ alg: "ES256", kid: "h" }, hostile.claims(nonce)),
    // The oldest trick: nothing at all, and the public key as if it were a shared secret.
    algorithm: (nonce) => `${part({ alg: "none" })}.${part(hostile.claims(nonce))}.`,
    "algorithm ": (nonce) => {
      const text = `${part({ alg: "HS256", kid: "h" })}.${part(hostile.claims(nonce))}`;
      const key = hostile.publicKey.export({ type: "spki", format: "pem" });
      return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
    },
    "no token": () => "nothing",
  };
  for (const [why, token] of Object.entries(tokens)) {
    test(`refused for its ${why.trim()}`, async () => {
      hostile.token = token;
      const { browser, location } = await attempt();
      assert.equal(location, refused("untrusted"));
      await told(why.trim());
      assert.equal((await browser("GET", "/api/session")).status, 401);
    });
  }

  test("somebody else's subject is somebody else's only at their provider", async () => {
    // The same subject at another issuer is another person.
    hostile.token = changed(() => ({ sub: "basic@example.test", email: "other@example.test" }));
    const { browser } = await attempt();
    assert.equal((await who(browser)).user.email, "other@example.test");
  });

  test("a provider that is down is told at once", async () => {
    await world.restart();
    await hostile.stop();
    const reply = await world.browser()("POST", "/api/sign-in/providers/hostile");
    assert.equal(reply.status, 503);
    assert.equal(reply.body.error, "upstream_unavailable");
    assert.ok(!reply.text.includes("127.0.0.1"));
  });
});

test("nothing of a sign-in that could be used stands in the database or the logs", async () => {
  const browser = world.browser();
  const url = await begin(browser, "basic");
  const [cookie] = browser.cookies().filter(([name]) => name === "__Host-dcvaas_provider").map(([, value]) => value);
  const path = await agree(url, "secret@example.test");
  const { code, state } = Object.fromEntries(new URL(path, apiUrl).searchParams);
  const dump = async () => {
    const tables = await world.sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'");
    const rows = await Promise.all(tables.map(({ name }) => world.sql(`SELECT * FROM "${name}"`)));
    return JSON.stringify(rows) + world.logs.join("\n");
  };
  const before = await dump();
  assert.ok(before.includes(sha256(state)));
  assert.equal(await back(browser, path), "/domains");
  const after = await dump();
  for (const secret of [cookie, code, state, SECRET, "id_token"]) {
    assert.ok(!before.includes(secret) && !after.includes(secret), secret);
  }
});
