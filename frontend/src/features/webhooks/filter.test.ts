import { expect, test } from "vitest";

import { isFiltered } from "../../lib/use-filter.ts";
import { filterOf, NO_FILTER, parametersOf } from "./filter.ts";

const NOW = Date.parse("2026-11-24T02:00:00Z");

test("no filter restricts nothing", () => {
  expect(filterOf({})).toEqual(NO_FILTER);
  expect(isFiltered(NO_FILTER)).toBe(false);
  expect(Object.values(parametersOf(NO_FILTER, NOW)).filter(Boolean)).toEqual([]);
});

test("what stands in the address is asked for in the API's words", () => {
  const search = { state: "failed", event: "domain.added", error: "timeout", when: "day" };
  expect(parametersOf(filterOf(search), NOW)).toEqual({
    state: "failed",
    event: "domain.added",
    errorClass: "timeout",
    since: "2026-11-23T02:00:00.000Z",
    until: "",
  });
});

test("between two moments it is those, and only then", () => {
  const moments = { since: "2026-11-20T00:00:00.000Z", until: "2026-11-21T00:00:00.000Z" };
  expect(parametersOf(filterOf({ when: "between", ...moments }), NOW)).toMatchObject(moments);
  expect(filterOf(moments)).toEqual(NO_FILTER);
  expect(filterOf({ when: "between", since: moments.since })).toMatchObject({ since: moments.since, until: "" });
});

test.each([{ state: "lost" }, { state: 1 }, { event: "toString" }, { error: null }, { when: ["day"] }, { other: "x" }])(
  "an address with %j restricts nothing",
  (search) => {
    expect(filterOf(search)).toEqual(NO_FILTER);
  },
);

test("a moment that is none is left out", () => {
  expect(filterOf({ when: "between", since: "soon", until: 5 })).toEqual({ ...NO_FILTER, when: "between" });
});
