import { describe, expect, test } from "vitest";

import type { MemberStatus, Role } from "../../api/contract.ts";
import { mayGive, ONLY_OWNER, OWNERS_ONLY, standing } from "./lattice.ts";

const person = (userId: string, role: Role, status: MemberStatus = "active") => ({ userId, role, status });
const viewer = (role: Role, team = true) => ({ userId: "usr_me", role, team });

const OWNER = person("usr_o", "owner");
const ADMIN = person("usr_a", "admin");
const MEMBER = person("usr_m", "member");
const INVITED = person("usr_i", "member", "invited");
const SUSPENDED = person("usr_s", "member", "suspended");

describe("what is offered", () => {
  test.each([
    ["owner", OWNER, ["role", "suspend", "remove"]],
    ["owner", MEMBER, ["role", "suspend", "remove"]],
    ["owner", INVITED, ["role", "invite-again", "withdraw"]],
    ["owner", SUSPENDED, ["role", "reactivate", "remove"]],
    ["admin", ADMIN, ["role", "suspend", "remove"]],
    ["admin", OWNER, []],
    ["member", MEMBER, []],
    ["member", OWNER, []],
  ] as const)("to an %s about %o is %j", (role, member, actions) => {
    expect(standing(viewer(role), member, [OWNER, member]).actions).toEqual(actions);
  });

  test("says to an admin why an owner is not theirs to change", () => {
    expect(standing(viewer("admin"), OWNER, [OWNER]).reason).toBe(OWNERS_ONLY);
    expect(standing(viewer("member"), OWNER, [OWNER]).reason).toBeNull();
  });

  test("without the plan is only to take members away", () => {
    expect(standing(viewer("owner", false), MEMBER, [MEMBER]).actions).toEqual(["remove"]);
    expect(standing(viewer("owner", false), INVITED, [INVITED]).actions).toEqual(["withdraw"]);
  });
});

describe("about oneself", () => {
  const me = (role: Role) => person("usr_me", role);

  test("everybody may leave, and step down from what they are", () => {
    expect(standing(viewer("owner"), me("owner"), [me("owner"), OWNER]).actions).toEqual(["role", "leave"]);
    expect(standing(viewer("admin"), me("admin"), [OWNER, me("admin")]).actions).toEqual(["role", "leave"]);
    expect(standing(viewer("member"), me("member"), [OWNER, me("member")]).actions).toEqual(["leave"]);
  });

  test.each([
    ["alone", []],
    ["beside an owner who is invited", [person("usr_x", "owner", "invited")]],
    ["beside an owner who is suspended", [person("usr_x", "owner", "suspended")]],
  ])("the only owner may do nothing, %s", (_, others) => {
    expect(standing(viewer("owner"), me("owner"), [me("owner"), ...others])).toEqual({ actions: [], reason: ONLY_OWNER });
  });
});

test("an admin makes no owner, and a member nobody", () => {
  expect(mayGive("owner")).toEqual(["owner", "admin", "member"]);
  expect(mayGive("admin")).toEqual(["admin", "member"]);
  expect(mayGive("member")).toEqual([]);
});
