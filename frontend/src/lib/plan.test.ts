import { expect, test } from "vitest";

import { FEATURE, firstPlanWith, includes, keptFor, limitsOf } from "./plan.ts";

test("the plans are those of the product", () => {
  const domains = (["free", "pro", "agency"] as const).map((plan) => limitsOf(plan).domains);
  expect(domains).toEqual([3, 15, 50]);
  expect((["free", "pro", "agency"] as const).map(keptFor)).toEqual(["90 days", "1 year", "3 years"]);
});

test("each feature begins at a plan, and the largest plan has all", () => {
  expect(firstPlanWith("webhooks")).toBe("pro");
  expect(firstPlanWith("team")).toBe("agency");
  expect(includes("free", "api_tokens")).toBe(false);
  for (const feature of Object.keys(FEATURE) as (keyof typeof FEATURE)[]) expect(includes("agency", feature)).toBe(true);
});
