import { describe, expect, test } from "vitest";

import type { AuditAction, AuditLog } from "../../api/contract.ts";
import { AuditAction as AUDIT_ACTION } from "../../api/schema.gen.ts";
import type { Names } from "./api/get-names.ts";
import { ACTION, actorOf, changesOf, namesWith, sentenceOf } from "./sentences.ts";

const NO_NAMES: Names = { people: new Map(), tokens: new Map(), things: new Map() };

const NAMES: Names = {
  people: new Map([
    ["usr_a", "ada@example.com"],
    ["usr_b", "bob@example.com"],
  ]),
  tokens: new Map([["tok_1", "CI"]]),
  things: new Map([
    ["dom_1", "app.example.com"],
    ["wh_1", "https://hooks.example.com/"],
  ]),
};

function row(action: AuditAction, subjectId: string, detail: object = {}, actorId: string | null = "usr_a"): AuditLog {
  const actorKind = actorId === null ? "system" : actorId.startsWith("tok_") ? "token" : "user";
  return { action, subjectId, detail, actorId, actorKind } as AuditLog;
}

const said = (log: AuditLog, names = NAMES) => `${actorOf(log, names)} ${sentenceOf(log, names)}`;
const from = (before: object, after: object) => ({ before, after });

describe("a row reads as a sentence", () => {
  test.each([
    [row("member.invite", "bob@example.com", { email: "bob@example.com", role: "admin" }), "ada@example.com invited bob@example.com as an admin"],
    [row("member.update", "usr_b", from({ role: "member", status: "active" }, { role: "owner", status: "active" })), "ada@example.com made bob@example.com an owner"],
    [row("member.update", "usr_b", from({ role: "member", status: "active" }, { role: "member", status: "suspended" })), "ada@example.com suspended bob@example.com"],
    [row("member.update", "usr_b", from({ role: "member", status: "suspended" }, { role: "member", status: "active" })), "ada@example.com let bob@example.com in again"],
    [row("member.update", "usr_a", from({ role: "owner", status: "active" }, { role: "member", status: "active" })), "ada@example.com made themselves a member"],
    [row("member.remove", "usr_a", { before: { status: "active" } }), "ada@example.com left the organization"],
    [row("member.remove", "usr_b", { before: { status: "active" } }), "ada@example.com removed bob@example.com"],
    [row("member.remove", "usr_b", { before: { status: "invited" } }), "ada@example.com took back the invitation of bob@example.com"],
    [row("organization.update", "org_1", from({ name: "A" }, { name: "B" })), "ada@example.com renamed the organization from “A” to “B”"],
    [row("organization.update", "org_1", from({ name: "A", brandColor: null }, { name: "A", brandColor: "#000000" })), "ada@example.com changed the brand of the organization"],
    [row("organization.operate", "org_1", from({ plan: "free" }, { plan: "pro" }), "usr_x"), "The operator changed the plan from free to pro"],
    [row("domain.status", "dom_1", { from: "pending_cname", to: "active" }, null), "DCVaaS saw app.example.com go from “Waiting for DNS” to “Active”"],
    [row("domain.add", "dom_9", { domainName: "new.example.com" }, "tok_1"), "The API token “CI” added the domain new.example.com"],
    [row("token.revoke", "tok_1"), "ada@example.com revoked the API token “CI”"],
    [row("webhook.update", "wh_1", from({ enabled: true }, { enabled: false })), "ada@example.com turned the webhook endpoint https://hooks.example.com/ off"],
    [row("webhook.update", "wh_1", from({ events: ["*"] }, { events: ["dns.*"] })), "ada@example.com changed the webhook endpoint https://hooks.example.com/"],
    [row("session.start", "ses_1", { method: "code" }), "ada@example.com signed in by mail"],
    [row("session.start", "ses_1", { method: "provider", provider: "corp" }), "ada@example.com signed in by corp"],
    [row("session.end", "ses_1"), "ada@example.com signed out"],
    [row("session.revoke", "usr_a", { allBut: "ses_1" }), "ada@example.com ended all their other sessions"],
  ])("%#: %j", (log, sentence) => {
    expect(said(log)).toBe(sentence);
  });

  test("whatever the detail holds, and whoever is gone", () => {
    for (const action of Object.keys(AUDIT_ACTION) as AuditAction[]) {
      for (const detail of [{}, { before: null, after: 1 }, { name: { a: 1 } }]) {
        expect(said(row(action, "x_1", detail, "usr_gone"), NO_NAMES)).toMatch(/^(A former member|The operator) \S/);
      }
    }
    expect(actorOf(row("domain.add", "dom_1", {}, "tok_gone"), NO_NAMES)).toBe("A former API token");
  });

  test("every action can be chosen", () => {
    expect(new Set(Object.values(ACTION)).size).toBe(Object.keys(AUDIT_ACTION).length);
  });
});

test("what is gone keeps the name under which the log knew it", () => {
  const rows = [
    row("domain.remove", "dom_2", { domainName: "old.example.com" }),
    row("token.create", "tok_2", { name: "Old CI" }),
    row("domain.remove", "dom_1", { domainName: "other.example.com" }),
  ];
  const names = namesWith(NAMES, rows);
  expect(sentenceOf(row("domain.update", "dom_2"), names)).toBe("changed the tags of old.example.com");
  expect(sentenceOf(row("token.revoke", "tok_2"), names)).toBe("revoked the API token “Old CI”");
  expect(names.things.get("dom_1")).toBe("app.example.com");
});

describe("the detail", () => {
  test("is what was before beside what is after", () => {
    expect(changesOf({ before: { brandColor: null, tags: ["a", "b"] }, after: { brandColor: "#000000", tags: [] } })).toEqual([
      { name: "Brand color", before: "–", after: "#000000" },
      { name: "Tags", before: "a, b", after: "–" },
    ]);
  });

  test("else what was noted, also what is neither text nor list", () => {
    expect(changesOf({ email: "a@example.com", force: false, deep: { x: 1 } })).toEqual([
      { name: "Email", before: null, after: "a@example.com" },
      { name: "Force", before: null, after: "false" },
      { name: "Deep", before: null, after: '{"x":1}' },
    ]);
    expect(changesOf(null)).toEqual([]);
  });
});
