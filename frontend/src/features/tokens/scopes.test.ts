import { describe, expect, test } from "vitest";

import { choose, isIncluded, LEAST, RESOURCES, SCOPES } from "./scopes.ts";

describe("the scopes of a token", () => {
  test("are all offered, each once", () => {
    const offered = [...RESOURCES.flatMap(({ scopes }) => scopes), "admin"];
    expect(offered.toSorted()).toEqual([...SCOPES].toSorted());
  });

  test("start with reading domains alone", () => {
    expect(LEAST).toEqual(["domains:read"]);
  });

  test("are added and taken away one by one", () => {
    expect(choose(["domains:read"], "events:read", true)).toEqual(["domains:read", "events:read"]);
    expect(choose(["domains:read", "events:read"], "domains:read", false)).toEqual(["events:read"]);
    expect(choose(["domains:read"], "domains:read", true)).toEqual(["domains:read"]);
  });

  test("hold no scope beside the one that includes it", () => {
    expect(choose(["domains:read", "jobs:read"], "domains:write", true)).toEqual(["jobs:read", "domains:write"]);
    expect(choose(["domains:write", "audit:read"], "admin", true)).toEqual(["admin"]);
  });

  test("include reading what may be changed, and nothing of another resource", () => {
    expect(isIncluded(["domains:write"], "domains:read")).toBe(true);
    expect(isIncluded(["domains:write"], "domains:write")).toBe(false);
    expect(isIncluded(["domains:write"], "webhooks:read")).toBe(false);
    expect(isIncluded(["domains:read"], "domains:write")).toBe(false);
    expect(SCOPES.filter((scope) => !isIncluded(["admin"], scope))).toEqual(["admin"]);
  });
});
