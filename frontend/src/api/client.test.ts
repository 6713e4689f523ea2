import { afterEach, describe, expect, test, vi } from "vitest";

import { call } from "./client.ts";

function server(answer: () => Response | Promise<Response>) {
  const fetch = vi.fn((_path: string, _init: RequestInit) => Promise.resolve().then(answer));
  vi.stubGlobal("fetch", fetch);
  return () => {
    const [path, init] = fetch.mock.calls[0] ?? [];
    return { path, init, headers: new Headers(init?.headers) };
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a call", () => {
  test("sends the cookie only to its own origin, asks the server every time, and names the organization", async () => {
    const sent = server(() => Response.json({ domains: [] }));
    expect(await call("GET", "/api/domains", { organization: "org_1" })).toEqual({ domains: [] });
    const { path, init, headers } = sent();
    expect(path).toBe("/api/domains");
    expect(init).toMatchObject({ method: "GET", credentials: "same-origin", cache: "no-cache", body: null });
    expect(headers.get("dcvaas-organization")).toBe("org_1");
    expect(headers.has("content-type")).toBe(false);
  });

  test("sends JSON and says so", async () => {
    const sent = server(() => Response.json({}, { status: 201 }));
    await call("POST", "/api/domains", { body: { hostname: "app.customer.com" } });
    const { init, headers } = sent();
    expect(init?.body).toBe('{"hostname":"app.customer.com"}');
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.has("dcvaas-organization")).toBe(false);
  });

  test("gives nothing for an answer without a body", async () => {
    server(() => new Response(null, { status: 204 }));
    expect(await call("DELETE", "/api/session")).toBeUndefined();
  });

  test("throws what the server said", async () => {
    server(() => Response.json({ error: "conflict", message: "Already added." }, { status: 409 }));
    await expect(call("POST", "/api/domains")).rejects.toMatchObject({ code: "conflict", message: "Already added." });
  });

  test("throws unreachable when no answer comes", async () => {
    server(() => {
      throw new TypeError("fetch failed");
    });
    await expect(call("GET", "/api/domains")).rejects.toMatchObject({ code: "unreachable", status: 0 });
  });

  test("throws unreadable for a page where JSON belongs", async () => {
    server(() => new Response("<!doctype html>", { headers: { "x-request-id": "req_3" } }));
    await expect(call("GET", "/api/domains")).rejects.toMatchObject({ code: "unreadable", requestId: "req_3" });
  });

  test("keeps the caller's own giving up apart from a failure", async () => {
    const gone = new AbortController();
    server(() => {
      gone.abort();
      throw gone.signal.reason;
    });
    await expect(call("GET", "/api/domains", { signal: gone.signal })).rejects.toMatchObject({ name: "AbortError" });
  });
});
