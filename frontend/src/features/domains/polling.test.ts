import { describe, expect, test } from "vitest";

import type { DomainStatus } from "../../api/contract.ts";
import { ApiProblem } from "../../api/problem.ts";
import { pollInterval } from "./polling.ts";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const domain = (status: DomainStatus, minutesAgo: number) => ({
  status,
  updatedAt: new Date(NOW - minutesAgo * 60_000).toISOString(),
});

describe("how often a page asks", () => {
  test("every two seconds while something is about to change", () => {
    expect(pollInterval([domain("pending_cname", 1)], null, NOW)).toBe(2_000);
    expect(pollInterval([domain("active", 1), domain("issuing", 5)], null, NOW)).toBe(2_000);
  });

  test("less often when a record has been missing for long", () => {
    expect(pollInterval([domain("pending_cname", 31)], null, NOW)).toBe(15_000);
  });

  test("slowly when everything is settled", () => {
    expect(pollInterval([], null, NOW)).toBe(30_000);
    expect(pollInterval([domain("active", 0), domain("error", 0)], null, NOW)).toBe(30_000);
  });

  test("never again after an answer that stays the same", () => {
    for (const [code, status] of [["not_found", 404], ["unauthorized", 401], ["forbidden", 403]] as const) {
      expect(pollInterval([domain("pending_cname", 0)], new ApiProblem(code, { status }), NOW)).toBe(false);
    }
  });

  test("when the server has room again, and not in a hurry while it fails", () => {
    const limited = new ApiProblem("rate_limited", { status: 429, retryAt: NOW + 42_000 });
    expect(pollInterval([domain("pending_cname", 0)], limited, NOW)).toBe(42_000);
    const down = new ApiProblem("upstream_unavailable", { status: 503 });
    expect(pollInterval([domain("pending_cname", 0)], down, NOW)).toBe(15_000);
  });
});
