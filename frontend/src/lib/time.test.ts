import { describe, expect, test } from "vitest";

import { countdown, formatDate, formatMoment, formatRelative } from "./time.ts";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const at = (milliseconds: number) => new Date(NOW + milliseconds).toISOString();

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("a moment in words", () => {
  test.each([
    [0, "now"],
    [38 * SECOND, "in 38 seconds"],
    [59_999, "in 59 seconds"],
    [MINUTE, "in 1 minute"],
    [119 * MINUTE, "in 119 minutes"],
    [2 * HOUR, "in 2 hours"],
    [47.9 * HOUR, "in 47 hours"],
    [2 * DAY, "in 2 days"],
    [62.9 * DAY, "in 62 days"],
    [-5 * MINUTE, "5 minutes ago"],
    [-3 * DAY, "3 days ago"],
  ])("%d ms from now is %s, never more than there is", (distance, words) => {
    expect(formatRelative(at(distance), NOW)).toBe(words);
  });

  test("the day and the exact moment are unambiguous in any country", () => {
    expect(formatDate("2026-11-24T12:00:00Z")).toBe("24 Nov 2026");
    expect(formatMoment("2026-11-24T02:11:46.123Z")).toBe("24 Nov 2026, 02:11 UTC");
  });
});

describe("a countdown", () => {
  test.each([
    [29_001, "0:30"],
    [1, "0:01"],
    [61_000, "1:01"],
    [600_000, "10:00"],
  ])("%d ms are shown as %s", (left, text) => {
    expect(countdown(NOW + left, NOW)).toBe(text);
  });

  test("ends at its moment", () => {
    expect(countdown(NOW, NOW)).toBeNull();
    expect(countdown(NOW - 1, NOW)).toBeNull();
  });
});
