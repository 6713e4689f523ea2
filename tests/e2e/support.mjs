// What the end-to-end files share: a stack for the file, and short names for what a client of the API, the owner of
// a domain, Cloudflare, a webhook receiver and the operator do with it. No expectations live here but two: every
// refusal of the API has the shape that the public contract promises, and every answer is declared in openapi.json,
// so each test checks that in passing.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";

import { startStack } from "../stack/stack.mjs";
import { checkDeclared, checkDescribed } from "./document.mjs";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Starts a stack before the file's tests and stops it after them; the world is filled in between.
 * `domainLimit` is how many domains the demo organization may hold, where its plan's 50 are not enough.
 */
export function useWorld({ domainLimit = null, ...options } = {}) {
  const world = {};
  before(async () => {
    Object.assign(world, await openWorld(options));
    // A test is a hundred clients at once; how many requests the plan allows is shown in `rates`.
    await world.sql("UPDATE organizations SET domain_limit = ?, requests_per_minute = 1000000 WHERE id = ?", domainLimit, world.orgId);
  });
  after(async () => {
    try {
      // What was sent in this file, by whatever test, is what the catalogue describes.
      if (world.simulator) for (const { body } of await world.simulator("GET", "/control/inbox")) checkDescribed(body);
    } finally {
      await world.stop?.();
    }
  });
  return world;
}

/** Starts a stack and gives everything that a test may want to do with it. */
async function openWorld(options) {
  /** What the workers and the simulator wrote, line by line. */
  const logs = [];
  const stack = await startStack({ print: (text) => logs.push(...text.split("\n")), ...options });

  /** One call of the API, with the demo organization's token unless told otherwise (`token: null` sends none). */
  async function api(method, path, { body, text, token = stack.token, headers = {} } = {}) {
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(stack.apiUrl + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: payload,
      redirect: "manual",
    });
    const reply = await read(response);
    if (reply.status >= 400) checkProblem(reply, `${method} ${path}`);
    checkDeclared(method, path, reply);
    return reply;
  }

  async function simulator(method, path, body) {
    const response = await fetch(stack.simulatorUrl + path, { method, body: body && JSON.stringify(body) });
    const reply = await read(response);
    assert.ok(response.ok, `simulator: ${method} ${path}: ${reply.text}`);
    return reply.body;
  }

  async function control(path, body = {}) {
    const response = await fetch(stack.controlUrl + path, { method: "POST", body: JSON.stringify(body) });
    const reply = await read(response);
    assert.ok(response.ok, `control: ${path}: ${reply.text}`);
    return reply.body;
  }

  /** Rows of the local D1. */
  const sql = async (text, ...params) => (await control("/sql", { sql: text, params })).results;
  const drain = () => control("/drain", { timeoutMs: 60_000 });
  /** One minute passes: the scheduler runs, and what it woke comes to an end. */
  const tick = async () => {
    await control("/cron", { cron: "* * * * *" });
    await drain();
  };

  let numbered = 0;
  /** A hostname that no other test of this stack uses. */
  const hostname = (label = "app") => `${label}-${(numbered += 1)}.example.com`;

  /** Adds a domain and answers with it. */
  const add = async (name = hostname(), options = {}) => {
    const reply = await api("POST", "/api/domains", { ...options, body: { hostname: name } });
    assert.equal(reply.status, 201, reply.text);
    return reply.body.domain;
  };
  /** The domain as its detail shows it. */
  const domain = async (id, options) => {
    const reply = await api("GET", `/api/domains/${id}`, options);
    assert.equal(reply.status, 200, reply.text);
    return reply.body.domain;
  };

  /** The owner places records exactly as the answer gave them. */
  const place = async (records) => {
    for (const { name, type, value } of records) {
      await simulator("POST", "/control/dns", { name, type, values: [value] });
    }
  };
  /** The custom hostname at Cloudflare, as an answer of its API would show it. */
  const atCloudflare = (name) => simulator("GET", `/control/cloudflare/hostnames/${name}`);
  /** Changes the custom hostname at Cloudflare. */
  const changeAtCloudflare = (name, patch) => simulator("POST", `/control/cloudflare/hostnames/${name}`, patch);
  /** The names of all custom hostnames at Cloudflare, once for each object there. */
  const namesAtCloudflare = async () =>
    (await simulator("GET", "/control/cloudflare/hostnames")).map((object) => object.hostname).sort();
  /** Breaks an upstream; `heal` ends it. */
  const breakUpstream = (target, fault) => simulator("POST", "/control/faults", { target, ...fault });
  const heal = (target) => simulator("POST", "/control/faults", { target, rate: 0 });
  /** What an upstream was asked, as `METHOD path`, since the last `forgetCalls`. */
  const calls = async (target = "cloudflare") =>
    (await simulator("GET", `/control/calls?target=${target}`)).calls.map(({ method, path }) => `${method} ${path}`);
  const forgetCalls = (target = "cloudflare") => simulator("DELETE", `/control/calls?target=${target}`);

  /** A fresh receiver at the simulator: its address, and what it has received as parsed events. */
  const receiver = () => {
    const path = `/hooks/${randomBytes(8).toString("hex")}`;
    const messages = () => simulator("GET", `/control/inbox?path=${path}`);
    return {
      path,
      url: stack.simulatorUrl + path,
      messages,
      /** Received bodies, of one type if it is named. */
      events: async (type) =>
        (await messages())
          .map((message) => JSON.parse(message.body))
          .filter((event) => type === undefined || event.type === type),
      answer: (program) => simulator("POST", "/control/inbox", { path, ...program }),
    };
  };
  /** Makes an endpoint for a receiver and answers with it, secrets included. */
  const endpoint = async (to, { events, token } = {}) => {
    const reply = await api("POST", "/api/webhooks", { body: { url: to.url, events }, token });
    assert.equal(reply.status, 201, reply.text);
    return reply.body.webhook;
  };

  /** Another tenant, straight in D1, with a token of its own. */
  const organization = async ({ plan = "agency", domainLimit = null, requestsPerMinute = 1_000_000, scopes = ["admin"], expiresAt = null } = {}) => {
    const id = `org_${hex(16)}`;
    const token = newToken();
    const now = Date.now();
    await sql(
      "INSERT INTO organizations (id, name, plan, domain_limit, requests_per_minute, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      id, `Org ${id}`, plan, domainLimit, requestsPerMinute, now, now,
    );
    await sql(
      `INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_at, expires_at)
       VALUES (?, ?, 'End to end', ?, ?, ?, ?, ?, ?)`,
      `tok_${hex(16)}`, id, sha256(token), token.slice(0, 12), token.slice(-4), JSON.stringify(scopes), now, expiresAt,
    );
    return { id, token };
  };
  /** Signs the demo organization's owner in; answers with the headers that a browser would send. */
  const session = async () => {
    const { hash } = new URL(await stack.signInUrl());
    const reply = await api("POST", "/api/session", {
      token: null,
      headers: { origin: stack.apiUrl },
      body: { token: hash.replace("#token=", "") },
    });
    assert.equal(reply.status, 201, reply.text);
    return { cookie: reply.headers.get("set-cookie").split(";")[0], origin: stack.apiUrl };
  };

  /**
   * A browser: keeps its cookies and comes from our own page. `copy()` is another one with the same cookies, `cookies()`
   * lists them.
   */
  const browser = (cookies = {}) => {
    const kept = new Map(Object.entries(cookies));
    const ask = async (method, path, body, headers = {}) => {
      const cookie = [...kept].map((pair) => pair.join("=")).join("; ");
      const reply = await api(method, path, { body, token: null, headers: { origin: stack.apiUrl, cookie, ...headers } });
      for (const set of reply.headers.getSetCookie()) {
        const [, name, value] = set.match(/^([^=]+)=([^;]*)/);
        assert.match(set, /; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/);
        assert.ok(name.startsWith("__Host-"));
        if (set.includes("Max-Age=0")) kept.delete(name);
        else kept.set(name, value);
      }
      return reply;
    };
    return Object.assign(ask, { copy: () => browser(Object.fromEntries(kept)), cookies: () => [...kept] });
  };

  return {
    ...stack,
    logs, api, browser, simulator, control, sql, drain, tick, hostname, add, domain, place, atCloudflare, changeAtCloudflare,
    namesAtCloudflare, breakUpstream, heal, calls, forgetCalls, receiver, endpoint, organization, session,
    restart: () => control("/restart", { worker: "consumer", signal: "SIGKILL" }),
  };
}

async function read(response) {
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

/** The shape of every refusal: the contract's `error` and `message`, and a problem of RFC 9457 beside them. */
export function checkProblem({ status, headers, body, text }, what) {
  const where = `${what}: ${status} ${text}`;
  assert.equal(headers.get("content-type"), "application/problem+json", where);
  assert.match(body.error, /^[a-z_]+$/, where);
  assert.equal(typeof body.message, "string", where);
  assert.ok(body.message.length > 0 && body.detail === body.message, where);
  assert.ok(body.type.length > 0 && body.title.length > 0, where);
  assert.equal(body.status, status, where);
  assert.match(body.requestId, /^req_[0-9a-f]{32}$/, where);
  assert.equal(headers.get("x-request-id"), body.requestId, where);
  assert.equal(headers.get("cache-control"), "no-store", where);
  assert.equal(headers.get("etag"), null, where);
  for (const fault of body.errors ?? []) {
    assert.deepEqual(Object.keys(fault).sort(), ["code", "field", "message"], where);
  }
}

/** Waits until `probe` gives something true, and answers with that. */
export async function until(what, probe, timeoutMs = 15_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < end, `never happened within ${timeoutMs} ms: ${what}`);
    await sleep(50);
  }
}

export const hex = (bytes) => randomBytes(bytes).toString("hex");
export const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** A token as the contract describes it, made without the product's own code. */
export function newToken(secret = hex(32)) {
  const body = `dcv_${secret}_`;
  return body + checksum(body);
}

/** The last six characters of a token: the CRC32 of all that stands before, the underscore included, in base 62. */
export function checksum(text) {
  let rest = crc32(text);
  let digits = "";
  for (let place = 0; place < 6; place += 1) {
    digits = BASE62[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** How many of each: `count([201, 402, 402])` is `{ 201: 1, 402: 2 }`. */
export function count(values) {
  const counts = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** `size` things made at once. */
export const atOnce = (size, make) => Promise.all(Array.from({ length: size }, (_, index) => make(index)));

/** A certificate as Cloudflare lists it, `issued` and `expires` as `YYYY-MM-DDThh:mm:ssZ`. */
export function certificate(issued, expires, signature = "ECDSAWithSHA256") {
  return {
    id: crypto.randomUUID(),
    issuer: "GoogleTrustServices",
    serial_number: BigInt(`0x${hex(12)}`).toString(),
    signature,
    issued_on: issued,
    expires_on: expires,
    fingerprint_sha256: hex(32),
  };
}
