import { describe, expect, test } from "vitest";

import { dayFrom, endOfDay, startOfDay } from "./day.ts";

const NOW = Date.parse("2026-11-24T02:00:00Z");

describe("a day", () => {
  test.each([
    [0, "2026-11-24"],
    [30, "2026-12-24"],
    [90, "2027-02-22"],
    [365, "2027-11-24"],
  ])("%d days from now is %s", (days, day) => {
    expect(dayFrom(NOW, days)).toBe(day);
  });

  test("reaches from its beginning to its end", () => {
    expect(startOfDay("2027-01-31")).toBe("2027-01-31T00:00:00.000Z");
    expect(endOfDay("2027-01-31")).toBe("2027-02-01T00:00:00.000Z");
    expect(endOfDay("2028-02-28")).toBe("2028-02-29T00:00:00.000Z");
  });

  test.each(["", "soon", "2027-13-01"])("that is none (%j) is left to the server to explain", (day) => {
    expect(startOfDay(day)).toBe(day);
    expect(endOfDay(day)).toBe(day);
  });
});
