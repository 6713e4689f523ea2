import { describe, expect, test } from "vitest";

import { formatDuration, instantOf, localOf, outcome, pollInterval } from "./delivery.ts";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const at = (ms: number) => new Date(NOW + ms).toISOString();

describe("deliveries", () => {
  test("are looked at often while one is due, and now and then otherwise", () => {
    expect(pollInterval([{ state: "pending", nextAttemptAt: at(-5_000) }], NOW)).toBe(2_000);
    expect(pollInterval([{ state: "pending", nextAttemptAt: at(5_000) }], NOW)).toBe(2_000);
    expect(pollInterval([{ state: "pending", nextAttemptAt: at(300_000) }], NOW)).toBe(15_000);
    expect(pollInterval([{ state: "delivered", nextAttemptAt: null }], NOW)).toBe(15_000);
    expect(pollInterval([], NOW)).toBe(15_000);
  });

  test.each([
    [{ status: 204, errorClass: null }, "204"],
    [{ status: 500, errorClass: "http_5xx" as const }, "500: The receiver failed."],
    [{ status: null, errorClass: "timeout" as const }, "No answer in time."],
    [{ status: null, errorClass: null }, "No answer."],
  ])("that came to %j say %j", (tried, text) => {
    expect(outcome(tried)).toBe(text);
  });

  test.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [15_000, "15.0 s"],
  ])("that took %d ms say %j", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

test("a moment that was typed is the one that is sent, and what is none is left to the server", () => {
  expect(instantOf("2026-11-24T02:00")).toBe("2026-11-24T02:00:00.000Z");
  expect(localOf(NOW)).toBe("2026-11-24T02:00");
  expect(instantOf("")).toBe("");
});
