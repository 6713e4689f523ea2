import { describe, expect, test } from "vitest";

import { stageOf } from "./expiry.ts";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const DAY = 24 * 3_600_000;

describe("a token", () => {
  test.each([
    [null, "lasting"],
    [8 * DAY, "lasting"],
    [7 * DAY, "ending"],
    [1, "ending"],
    [0, "expired"],
    [-DAY, "expired"],
  ])("that ends in %j ms is %s", (left, stage) => {
    expect(stageOf(left === null ? null : new Date(NOW + left).toISOString(), NOW)).toBe(stage);
  });
});
