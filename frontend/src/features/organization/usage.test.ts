import { expect, test } from "vitest";

import { usage } from "./usage.ts";

const use = { domains: 2, webhookEndpoints: 0, apiTokens: 1, members: 4 };
const of = (rows: ReturnType<typeof usage>) => Object.fromEntries(rows.map(({ label, ...row }) => [label, row]));

test("what is used stands beside what the plan allows", () => {
  const rows = of(usage({ plan: "pro", use, domainLimit: null, requestsPerMinute: null }));
  expect(rows["Domains"]).toEqual({ used: "2", limit: "15", share: 2 / 15, own: false });
  expect(rows["API tokens"]).toMatchObject({ used: "1", limit: "As many as you need" });
  expect(rows["Members"]).toMatchObject({ used: "4", limit: "From the plan agency" });
  expect(rows["Audit log"]).toMatchObject({ limit: "Kept for 1 year" });
});

test("what the operator set counts instead, and no share is made of nothing", () => {
  const rows = of(usage({ plan: "free", use, domainLimit: 1, requestsPerMinute: 5000 }));
  expect(rows["Domains"]).toEqual({ used: "2", limit: "1", share: 2, own: true });
  expect(rows["API requests a minute"]).toMatchObject({ limit: "5,000", own: true });
  expect(rows["Webhook endpoints"]).toMatchObject({ limit: "0", share: null });
});
