// Proves that a deployment which is not configured refuses to serve, clearly and without a fall-back, and that other
// origins may call the API only where the configuration names them.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { startStack } from "../stack/stack.mjs";

describe("without a usable encryption key", () => {
  for (const [kind, key] of Object.entries({ "no key": "", "a key that is too short": "abcd", "a key that is no hex": "x".repeat(64) })) {
    test(`${kind}: nothing is served, the log names the variable, and nobody sees its value`, async () => {
      const logs = [];
      const stack = await startStack({ vars: { ENCRYPTION_KEY: key }, print: (text) => logs.push(text) });
      try {
        for (const [method, path] of [["GET", "/api/domains"], ["POST", "/api/webhooks"], ["GET", "/health"]]) {
          const response = await fetch(stack.apiUrl + path, { method, headers: { authorization: `Bearer ${stack.token}` } });
          assert.equal(response.status, 503);
          const body = await response.json();
          assert.equal(body.error, "misconfigured");
          if (key !== "") assert.ok(!JSON.stringify(body).includes(key));
        }
        const text = logs.join("\n");
        assert.match(text, /ENCRYPTION_KEY/);
        if (key !== "") assert.ok(!text.includes(key));
      } finally {
        await stack.stop();
      }
    });
  }
});

describe("cross-origin calls", async () => {
  const own = "https://app.customer.example";
  const stack = await startStack({ vars: { CORS_ALLOW_ORIGINS: own }, print: () => {} });
  after(() => stack.stop());
  const call = (method, origin, headers = {}) =>
    fetch(`${stack.apiUrl}/api/domains`, { method, headers: { origin, authorization: `Bearer ${stack.token}`, ...headers } });

  test("an origin of the configuration is allowed by its exact name, and sees the headers that clients need", async () => {
    const response = await call("GET", own);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("access-control-allow-origin"), own);
    assert.match(response.headers.get("vary"), /\bOrigin\b/);
    assert.equal(response.headers.get("access-control-allow-credentials"), null);
    const exposed = response.headers.get("access-control-expose-headers");
    for (const name of ["ETag", "Retry-After", "X-Request-Id"]) assert.ok(exposed.includes(name), name);

    const preflight = await call("OPTIONS", own, { "access-control-request-method": "DELETE" });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get("access-control-allow-methods"), /DELETE/);
    assert.match(preflight.headers.get("access-control-allow-headers"), /Authorization/i);
  });

  test("every other origin gets no such header", async () => {
    for (const origin of ["https://evil.example", `${own}.evil.example`, "https://customer.example", `${own}:8443`, own.replace("https", "http"), "null"]) {
      for (const method of ["GET", "OPTIONS"]) {
        const { headers } = await call(method, origin);
        assert.equal(headers.get("access-control-allow-origin"), null, `${method} ${origin}`);
      }
    }
  });
});
