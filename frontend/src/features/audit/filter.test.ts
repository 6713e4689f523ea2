import { expect, test } from "vitest";

import { NO_FILTER, parametersOf } from "./filter.ts";

test("no filter restricts nothing", () => {
  expect(Object.values(parametersOf(NO_FILTER)).filter(Boolean)).toEqual([]);
});

test("the last day is meant to its end", () => {
  expect(parametersOf({ ...NO_FILTER, firstDay: "2027-01-31", lastDay: "2027-01-31" })).toMatchObject({
    from: "2027-01-31T00:00:00.000Z",
    to: "2027-02-01T00:00:00.000Z",
  });
});
