// The part of the public contract that the dashboard uses. The one place where its field names are written down.

/** A moment as ISO 8601 in UTC, for example `2026-11-24T02:11:46.123Z`. */
export type Instant = string;

export type Plan = "free" | "pro" | "agency";
export type Role = "owner" | "admin" | "member";

export interface Organization {
  id: string;
  name: string;
  plan: Plan;
  role: Role;
}

export interface Session {
  user: { id: string; email: string; name: string | null };
  organizations: Organization[];
}

export type DomainStatus = "pending_cname" | "issuing" | "active" | "error";

/** Why a domain is in `error`. */
export type DomainErrorCode =
  | "blocked"
  | "moved"
  | "removed_upstream"
  | "validation_timed_out"
  | "issuance_timed_out"
  | "deployment_timed_out"
  | "certificate_removed"
  | "expired"
  | "refused_upstream"
  | "quota_exceeded";

/** What a record is for: proof of control, visitors, or proof of ownership. */
export type RecordPurpose = "delegation" | "traffic" | "ownership";

/** What public DNS answered for a record when it was last looked up. */
export type RecordSeen = "right" | "wrong" | "missing" | "unknown";

export interface DnsRecord {
  purpose: RecordPurpose;
  type: string;
  name: string;
  value: string;
  /** The name without the zone: what most DNS providers want in their form. */
  relativeName: string;
  zone: string;
  required: boolean;
  seen: RecordSeen;
}

export interface Certificate {
  issuer: string | null;
  serial: string | null;
  keyType: string | null;
  issuedAt: Instant | null;
  expiresAt: Instant | null;
}

export interface Domain {
  id: string;
  domainName: string;
  status: DomainStatus;
  createdAt: Instant;
  updatedAt: Instant;
  cfStatus: string | null;
  cfSslStatus: string | null;
  cfVerificationErrors: string[];
  expiresAt: Instant | null;
  lastIssuedAt: Instant | null;
  errorCode: DomainErrorCode | null;
  errorMessage: string | null;
  wildcard: boolean;
  nextCheckAt: Instant | null;
  dnsRecords: DnsRecord[];
  /** Newest first. Only the detail has it, the list leaves it out. */
  certificates?: Certificate[];
}

export interface DomainPage {
  domains: Domain[];
  nextCursor: string | null;
}

/** What an API token may do: `resource:action`, or `admin` for everything. */
export const SCOPES = [
  "domains:read",
  "domains:write",
  "webhooks:read",
  "webhooks:write",
  "tokens:read",
  "tokens:write",
  "events:read",
  "jobs:read",
  "jobs:write",
  "connections:read",
  "connections:write",
  "audit:read",
  "admin",
] as const;

export type Scope = (typeof SCOPES)[number];

/** A token as it is listed. Its text is not part of it: only the answer to its making has that. */
export interface Token {
  id: string;
  name: string;
  /** How its text begins and ends. */
  prefix: string;
  lastFour: string;
  scopes: Scope[];
  createdAt: Instant;
  /** To the minute. */
  lastUsedAt: Instant | null;
  expiresAt: Instant | null;
}

export interface TokenPage {
  tokens: Token[];
  nextCursor: string | null;
}

/** What an endpoint can be told of. */
export type EventType =
  | "domain.added"
  | "domain.removed"
  | "domain.active"
  | "domain.error"
  | "domain.expiring_soon"
  | "domain.renewed"
  | "dns.verified"
  | "dns.check_failed"
  | "job.failed"
  | "job.dlq"
  | "webhook.test"
  | "webhook.disabled";

export interface Webhook {
  id: string;
  url: string;
  description: string | null;
  /** Names of events, `<category>.*`, or `*` for all. */
  events: string[];
  enabled: boolean;
}

export interface WebhookPage {
  webhooks: Webhook[];
  nextCursor: string | null;
}

/** The same 32 bytes twice, in the answer to an endpoint's making and nowhere else. */
export interface WebhookSecrets {
  /** 64 hexadecimal digits: as text the key of `X-DCVaaS-Signature`. */
  secret: string;
  /** `whsec_` and base64: the form of Standard Webhooks. */
  signingSecret: string;
}

/** The `error` words of the API's problems. */
export const PROBLEM_CODES = [
  "bad_request",
  "unauthorized",
  "plan_required",
  "limit_reached",
  "forbidden",
  "not_found",
  "method_not_allowed",
  "conflict",
  "payload_too_large",
  "unsupported_media_type",
  "rate_limited",
  "internal",
  "unavailable",
  "upstream_unavailable",
  "misconfigured",
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface FieldFault {
  field: string;
  code: string;
  message: string;
}
