import { describe, expect, test } from "vitest";

import { changes, hostOf } from "./draft.ts";

const before = { url: "https://a.example.com/x", description: "Tickets", events: ["dns.*", "job.dlq"], ed25519: false };

describe("what changed about an endpoint", () => {
  test("is sent, and nothing else", () => {
    expect(changes(before, before)).toEqual({});
    expect(changes(before, { ...before, url: "https://b.example.com/" })).toEqual({ url: "https://b.example.com/" });
    expect(changes(before, { ...before, description: null })).toEqual({ description: null });
    expect(changes(before, { ...before, events: ["*"] })).toEqual({ events: ["*"] });
  });

  test("is not the order of its events", () => {
    expect(changes(before, { ...before, events: ["job.dlq", "dns.*"] })).toEqual({});
  });
});

test("an endpoint is known by its host", () => {
  expect(hostOf("https://hooks.example.com/a?b=c")).toBe("hooks.example.com");
  expect(hostOf("http://127.0.0.1:8790/hooks/x")).toBe("127.0.0.1:8790");
  expect(hostOf("no address")).toBe("no address");
});
