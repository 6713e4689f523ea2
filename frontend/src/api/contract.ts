// The part of the public contract that the dashboard uses, by the names that it uses. The shapes come from the API's
// own document.

import type { components } from "./schema.gen.ts";

type Schemas = components["schemas"];

/** A moment as ISO 8601 in UTC, for example `2026-11-24T02:11:46.123Z`. */
export type Instant = Schemas["Moment"];

export type Plan = Schemas["Plan"];
export type Role = Schemas["Role"];
/** An organization that the person belongs to, as the session tells of it. */
export type Organization = Schemas["Membership"];
/** The same with what it holds. */
export type OrganizationDetail = Schemas["Organization"];
export type Session = Schemas["Session"];
export type Providers = Schemas["Providers"];
export type Begun = Schemas["Begun"];
/** A place where a person is signed in. */
export type SessionMeta = Schemas["SessionMeta"];
export type SessionPage = Schemas["SessionPage"];

export type Member = Schemas["Member"];
export type MemberPage = Schemas["MemberPage"];
export type MemberStatus = Schemas["MemberStatus"];

/** Who acted: a person, a token, or DCVaaS itself. */
export type ActorKind = Schemas["ActorKind"];
export type AuditAction = Schemas["AuditAction"];
export type AuditLog = Schemas["AuditLog"];
export type AuditPage = Schemas["AuditPage"];
export type AuditExport = Schemas["AuditExport"];

export type DomainStatus = Schemas["DomainStatus"];
/** Why a domain is in `error`. */
export type DomainErrorCode = Schemas["DomainErrorCode"];
/** What a record is for: proof of control, visitors, or proof of ownership. */
export type RecordPurpose = Schemas["Purpose"];
/** What public DNS answered for a record when it was last looked up. */
export type RecordSeen = Schemas["Seen"];
export type DnsRecord = Schemas["DnsRecord"];
export type Certificate = Schemas["Certificate"];
export type Domain = Schemas["Domain"];
export type DomainPage = Schemas["DomainPage"];

/** What an API token may do: `resource:action`, or `admin` for everything. */
export type Scope = Schemas["Scope"];
/** A token as it is listed. Its text is not part of it: only the answer to its making has that. */
export type Token = Schemas["TokenMeta"];
export type TokenPage = Schemas["TokenPage"];
/** How the person stands now whom a token goes back to. */
export type TokenPersonStatus = Schemas["TokenPersonStatus"];
export type TokenUsage = Schemas["TokenUsage"];
/** The use of a token on one day. */
export type UsageDay = Schemas["UsageDay"];

/** What an endpoint can be told of. */
export type EventType = Schemas["EventType"];
export type Webhook = Schemas["Webhook"];
/** An endpoint after a change, and what it missed if that turned it on. */
export type ChangedWebhook = Schemas["ChangedWebhook"];
export type ApiVersion = Schemas["ApiVersion"];
export type Ordering = Schemas["Ordering"];
export type PayloadForm = Schemas["PayloadForm"];
export type WebhookPage = Schemas["WebhookPage"];
export type DisabledReason = Schemas["DisabledReason"];
export type Delivery = Schemas["Delivery"];
export type DeliveryPage = Schemas["DeliveryPage"];
export type DeliveryState = Schemas["DeliveryState"];
/** Why a try did not succeed. */
export type ErrorClass = Schemas["ErrorClass"];
export type Try = Schemas["Try"];
export type ReplayEvents = Schemas["ReplayEvents"];
export type RotateSecret = Schemas["RotateSecret"];
/** A program that reads the feed of events, and whose place in it is kept. */
export type FeedConsumer = Schemas["FeedConsumer"];
export type FeedConsumerPage = Schemas["FeedConsumerPage"];

/** An endpoint and both forms of its secret, in the answers to its making and to a change of the secret. */
export type RevealedWebhook = Webhook & { secret: string; signingSecret: string };

/** The `error` words of the API's problems. */
export type ProblemCode = Schemas["ProblemCode"];
export type FieldFault = Schemas["FieldFault"];
