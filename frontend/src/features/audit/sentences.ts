// What a row of the log says, as a sentence.

import type { ActorKind, AuditAction, AuditLog, DomainStatus, Role } from "../../api/contract.ts";
import { DOMAIN_STATUS } from "../../lib/domain-status.ts";
import { AS_ROLE } from "../../lib/roles.ts";
import type { Names } from "./api/get-names.ts";

/** What a row is made of for its sentence. */
interface Facts {
  /** What the thing is called, or its id. */
  subject: string;
  /** Whether somebody did it to themselves. */
  own: boolean;
  /** A member of the detail as text, empty where it is none. */
  said: (name: string) => string;
  before: (name: string) => string;
  after: (name: string) => string;
}

/** Without who did it: that stands before. A new action does not compile until it has a sentence. */
const SENTENCE: Record<AuditAction, (facts: Facts) => string> = {
  "organization.create": ({ said }) => `made the organization ${quoted(said("name"))}`,
  "organization.update": ({ before, after }) =>
    before("name") === after("name")
      ? "changed the brand of the organization"
      : `renamed the organization from ${quoted(before("name"))} to ${quoted(after("name"))}`,
  "organization.operate": ({ before, after }) =>
    before("plan") === after("plan")
      ? "changed the limits of the organization"
      : `changed the plan from ${before("plan")} to ${after("plan")}`,
  "member.invite": ({ said }) => `invited ${said("email")} as ${asRole(said("role"))}`,
  "member.accept": () => "accepted the invitation",
  "member.update": ({ subject, own, before, after }) => {
    if (before("role") !== after("role")) return `made ${own ? "themselves" : subject} ${asRole(after("role"))}`;
    return after("status") === "suspended" ? `suspended ${subject}` : `let ${subject} in again`;
  },
  "member.remove": ({ subject, own, before }) => {
    if (before("status") === "invited") return `took back the invitation of ${subject}`;
    return own ? "left the organization" : `removed ${subject}`;
  },
  "session.start": ({ said }) => (said("provider") ? `signed in by ${said("provider")}` : "signed in by mail"),
  "session.end": () => "signed out",
  "session.revoke": ({ said }) => (said("allBut") ? "ended all their other sessions" : "ended a session of theirs"),
  "domain.add": ({ said }) => `added the domain ${said("domainName")}`,
  "domain.remove": ({ said }) => `removed the domain ${said("domainName")}`,
  "domain.update": ({ subject }) => `changed the tags of ${subject}`,
  "domain.status": ({ subject, said }) =>
    `saw ${subject} go from ${quoted(statusOf(said("from")))} to ${quoted(statusOf(said("to")))}`,
  "token.create": ({ said }) => `made the API token ${quoted(said("name"))}`,
  "token.rotate": ({ subject }) => `put a new API token in the place of ${quoted(subject)}`,
  "token.expire": ({ subject }) => `ended the API token ${quoted(subject)}, whose time was over`,
  "token.leak": ({ subject }) => `revoked the API token ${quoted(subject)}, which was found in public`,
  "token.revoke": ({ subject }) => `revoked the API token ${quoted(subject)}`,
  "webhook.create": ({ said, subject }) => `made the webhook endpoint ${said("url") || subject}, and saw its secret`,
  "webhook.update": ({ subject, before, after }) => {
    if (before("enabled") !== after("enabled")) return `turned the webhook endpoint ${subject} ${after("enabled") === "true" ? "on" : "off"}`;
    return `changed the webhook endpoint ${subject}`;
  },
  "webhook.delete": ({ subject }) => `deleted the webhook endpoint ${subject}`,
  "webhook.disable": ({ subject }) => `turned off the webhook endpoint ${subject}`,
  "webhook.rotate": ({ subject }) => `changed the secret of the webhook endpoint ${subject}, and saw it`,
  "webhook.end_rotation": ({ subject }) => `dropped the former secret of the webhook endpoint ${subject}`,
  "webhook.test": ({ subject, said }) => `sent a test of ${said("type")} to ${subject}`,
  "webhook.replay": ({ subject }) => `had events sent to ${subject} again`,
  "delivery.resend": () => "had a delivery sent again",
  "feed_consumer.rewind": ({ subject }) => `took the reader ${quoted(subject)} of the feed back`,
  "feed_consumer.delete": ({ subject }) => `had the reader ${quoted(subject)} of the feed forgotten`,
};

/** For choosing an action from a list. */
export const ACTION: Record<AuditAction, string> = {
  "organization.create": "Organization made",
  "organization.update": "Organization changed",
  "organization.operate": "Plan or limits changed",
  "member.invite": "Member invited",
  "member.accept": "Invitation accepted",
  "member.update": "Member changed",
  "member.remove": "Member removed",
  "session.start": "Signed in",
  "session.end": "Signed out",
  "session.revoke": "Session ended",
  "domain.add": "Domain added",
  "domain.remove": "Domain removed",
  "domain.update": "Domain tagged",
  "domain.status": "Domain status changed",
  "token.create": "API token made",
  "token.rotate": "API token rotated",
  "token.expire": "API token ended",
  "token.leak": "API token found in public",
  "token.revoke": "API token revoked",
  "webhook.create": "Endpoint made",
  "webhook.update": "Endpoint changed",
  "webhook.delete": "Endpoint deleted",
  "webhook.disable": "Endpoint turned off by us",
  "webhook.rotate": "Endpoint secret changed",
  "webhook.end_rotation": "Former secret dropped",
  "webhook.test": "Test event sent",
  "webhook.replay": "Events sent again",
  "delivery.resend": "Delivery sent again",
  "feed_consumer.rewind": "Reader of the feed taken back",
  "feed_consumer.delete": "Reader of the feed forgotten",
};

/** Who did it, as the beginning of the sentence. */
const ACTOR: Record<ActorKind, (id: string, names: Names) => string> = {
  user: (id, { people }) => people.get(id) ?? "A former member",
  token: (id, { tokens }) => {
    const name = tokens.get(id);
    return name === undefined ? "A former API token" : `The API token ${quoted(name)}`;
  },
  system: () => "DCVaaS",
};

export function actorOf({ actorKind, actorId, action }: AuditLog, names: Names): string {
  // Whoever operates the installation need not be a member.
  if (action === "organization.operate" && !names.people.has(actorId ?? "")) return "The operator";
  return ACTOR[actorKind](actorId ?? "", names);
}

/** What was done, without who did it. */
export function sentenceOf(row: AuditLog, names: Names): string {
  const { before, after, ...said } = membersOf(row.detail);
  const member = (value: unknown) => (name: string) => text(membersOf(value)[name]);
  return SENTENCE[row.action]({
    subject: nameOf(row.subjectId, names),
    own: row.subjectId === row.actorId,
    said: member(said),
    before: member(before),
    after: member(after),
  });
}

/** What an id is called now; what is gone keeps its id. */
export function nameOf(id: string, { people, tokens, things }: Names): string {
  return people.get(id) ?? tokens.get(id) ?? things.get(id) ?? id;
}

/** What is gone by now was named when it was made or removed: those names stand in the log itself. */
export function namesWith({ people, tokens, things }: Names, rows: readonly AuditLog[]): Names {
  const named = (member: string, actions: readonly AuditAction[]) =>
    rows
      .filter(({ action }) => actions.includes(action))
      .map(({ subjectId, detail }) => [subjectId, text(membersOf(detail)[member])] as const)
      .filter(([, name]) => name !== "");
  return {
    people,
    tokens: new Map([...named("name", ["token.create"]), ...tokens]),
    things: new Map([...named("domainName", ["domain.add", "domain.remove"]), ...named("url", ["webhook.create"]), ...things]),
  };
}

export interface Change {
  name: string;
  /** `null` where only one value was noted. */
  before: string | null;
  after: string;
}

/** The detail as lines: what was before and after where that was noted, else what was said. */
export function changesOf(detail: unknown): Change[] {
  const { before, after, ...said } = membersOf(detail);
  const [old, now] = [membersOf(before), membersOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return [
    ...names.map((name) => ({ name: inWords(name), before: shown(old[name]), after: shown(now[name]) })),
    ...Object.entries(said).map(([name, value]) => ({ name: inWords(name), before: null, after: shown(value) })),
  ];
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(shown).join(", ");
  return text(value) || JSON.stringify(value);
}

/** `brandColor` as `Brand color`. */
function inWords(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function quoted(name: string): string {
  return `“${name}”`;
}

function asRole(word: string): string {
  return AS_ROLE[word as Role] ?? word;
}

function statusOf(word: string): string {
  return DOMAIN_STATUS[word as DomainStatus] ?? word;
}
