import { expect, test } from "vitest";

import { health } from "./health.ts";

const on = { enabled: true, disabledReason: null, failingSince: null, lastDeliveryAt: "2026-11-24T02:11:46.123Z" };

test.each([
  ["works", on, "good", "Working", "24 Nov 2026"],
  ["is new", { ...on, lastDeliveryAt: null }, "quiet", "New", "test event"],
  ["fails", { ...on, failingSince: "2026-11-24T02:11:46.123Z" }, "bad", "Failing", "29 Nov 2026"],
  ["was turned off", { ...on, enabled: false, disabledReason: "owner" as const }, "quiet", "Off", "once it is on"],
  ["is gone", { ...on, enabled: false, disabledReason: "gone" as const }, "bad", "Off", "410"],
  ["failed for days", { ...on, enabled: false, disabledReason: "failing" as const }, "bad", "Off", "Repair"],
])("an endpoint that %s says so, and what follows", (_, webhook, tone, label, text) => {
  expect(health(webhook)).toMatchObject({ tone, label });
  expect(health(webhook).text).toContain(text);
});
