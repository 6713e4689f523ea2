import { expect, test } from "vitest";

import { filterOf, NO_FILTER, parametersOf } from "./filter.ts";

test("no filter restricts nothing", () => {
  expect(Object.values(parametersOf(NO_FILTER)).filter(Boolean)).toEqual([]);
});

test("the last day is meant to its end", () => {
  expect(parametersOf({ ...NO_FILTER, firstDay: "2027-01-31", lastDay: "2027-01-31" })).toMatchObject({
    from: "2027-01-31T00:00:00.000Z",
    to: "2027-02-01T00:00:00.000Z",
  });
});

test("an address is read as far as it holds filters", () => {
  const search = { actor: "usr_1", action: "domain.add", subject: "dom_1", firstDay: "2027-01-30", lastDay: "2027-01-31" };
  expect(filterOf(search)).toEqual(search);
  expect(filterOf({ actor: 5, action: "domain.lost", subject: null, firstDay: "soon", lastDay: "2027-1-1", x: "y" })).toEqual(NO_FILTER);
});
