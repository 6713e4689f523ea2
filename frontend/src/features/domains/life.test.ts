import { describe, expect, test } from "vitest";

import { certificateLife } from "./life.ts";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const DAY = 86_400_000;
const day = (days: number) => new Date(NOW + days * DAY).toISOString();

describe("the life of a certificate", () => {
  test.each([
    // used, of
    [0, 90, "fresh"],
    [59, 90, "fresh"],
    [60, 90, "renewing"],
    [71, 90, "renewing"],
    [72, 90, "late"],
    [86, 90, "critical"],
    [90, 90, "expired"],
    [140, 200, "renewing"],
    [160, 200, "late"],
    [5.5, 160 / 24, "late"],
  ])("%d of %d days used is %s", (used, total, stage) => {
    expect(certificateLife(day(-used), day(total - used), NOW).stage).toBe(stage);
  });

  test("is a share between 0 and 1 even outside of the certificate's time", () => {
    expect(certificateLife(day(-100), day(-10), NOW)).toEqual({ used: 1, stage: "expired" });
    expect(certificateLife(day(1), day(91), NOW)).toEqual({ used: 0, stage: "fresh" });
  });

  test("without a usable start shows no share, and goes by the days left", () => {
    expect(certificateLife(null, day(80), NOW)).toEqual({ used: null, stage: "fresh" });
    expect(certificateLife(null, day(3), NOW)).toEqual({ used: null, stage: "critical" });
    expect(certificateLife(null, day(-1), NOW)).toEqual({ used: null, stage: "expired" });
    expect(certificateLife(day(20), day(10), NOW).used).toBeNull();
  });
});
