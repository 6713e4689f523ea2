import { expect, test } from "vitest";

import { missedSince } from "./catch-up.ts";

const NOW = Date.parse("2026-11-24T02:00:00Z");

test.each([
  ["was turned off", "2026-11-20T00:00:00.000Z", "2026-11-20T00:00:00.000Z"],
  ["is off for longer than events can be sent again", "2026-01-01T00:00:00.000Z", "2026-10-25T02:01:00.000Z"],
])("an endpoint that %s misses events since then, whatever was changed since", (_, disabledAt, since) => {
  expect(missedSince({ disabledAt, updatedAt: "2026-11-23T00:00:00.000Z" }, NOW)).toBe(since);
});
