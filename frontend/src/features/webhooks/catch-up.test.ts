import { expect, test } from "vitest";

import type { ChangedWebhook, Webhook } from "../../api/contract.ts";
import { missedOf, saidOf, without } from "./catch-up.ts";

const since = "2026-11-20T00:00:00.000Z";
const webhook = { id: "wh_1", url: "https://hooks.example.com/" } as Webhook;
const answer = (failed: number, missing: number): ChangedWebhook => ({ webhook, missed: { since, failed, missing } });

test("an endpoint that missed nothing, or was on already, is offered nothing", () => {
  expect(missedOf({ webhook })).toBeNull();
  expect(missedOf(answer(0, 0))).toBeNull();
});

test.each([
  [0, 1, "1 event was not sent to it"],
  [3, 0, "3 deliveries were given up"],
  [1, 2, "2 events were not sent to it, and 1 delivery was given up"],
  [0, 10_000, "10,000 or more events were not sent to it"],
])("of %d that failed and %d that are missing it says %j", (failed, missing, said) => {
  expect(saidOf(missedOf(answer(failed, missing))!)).toBe(said);
});

test("what was sent is left out, and the offer ends with the last of it", () => {
  const missed = missedOf(answer(1, 2))!;
  expect(without(missed, "missing")).toMatchObject({ id: "wh_1", since, failed: 1, missing: 0 });
  expect(without(without(missed, "missing")!, "failed")).toBeNull();
});
