import { describe, expect, test } from "vitest";

import { CATEGORIES, chooseCategory, chooseEvent, EVENT_TYPES, isAll, wants, wantsCategory } from "./events.ts";

describe("a choice of events", () => {
  test("is offered for every event, each in its category", () => {
    expect(CATEGORIES.flatMap(({ events }) => events).toSorted()).toEqual(EVENT_TYPES.toSorted());
  });

  test("of a category covers its events alone", () => {
    expect(wants(["dns.*"], "dns.verified")).toBe(true);
    expect(wants(["dns.*"], "domain.active")).toBe(false);
    expect(wants(["domain.active"], "domain.active")).toBe(true);
    expect(wantsCategory(["domain.active"], "domain")).toBe(false);
    expect(isAll(["domain.added", "*"])).toBe(true);
  });

  test("replaces single events by their category, and clears it whole", () => {
    expect(chooseCategory(["dns.verified", "job.dlq"], "dns", true)).toEqual(["job.dlq", "dns.*"]);
    expect(chooseCategory(["dns.*", "job.dlq"], "dns", false)).toEqual(["job.dlq"]);
  });

  test("of a category without one event is the list of the others", () => {
    expect(chooseEvent(["job.dlq", "dns.*"], "dns.verified", false)).toEqual([
      "job.dlq", "dns.check_failed", "dns.drifted", "dns.restored",
    ]);
  });

  test("takes an event once, and gives it back", () => {
    expect(chooseEvent(["job.dlq"], "job.dlq", true)).toEqual(["job.dlq"]);
    expect(chooseEvent(["job.dlq", "job.failed"], "job.dlq", false)).toEqual(["job.failed"]);
  });

  test("keeps what only a newer server knows", () => {
    expect(chooseEvent(["domain.later"], "dns.verified", true)).toEqual(["domain.later", "dns.verified"]);
  });
});
