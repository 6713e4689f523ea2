// What the three Hono contestants have in common: the same answers as ours, written as a Hono user would.

import type { Context } from "hono";

/** The part of D1's client that is used here. */
export interface Statement {
  bind(...values: (string | number | null)[]): Statement;
  first<T>(): Promise<T | null>;
  all<T>(): Promise<{ results: T[] }>;
  run(): Promise<unknown>;
}
export interface Env {
  DB: { prepare(sql: string): Statement; batch<T>(statements: Statement[]): Promise<{ results: T[] }[]> };
  /** The statement that ours sends for a list; see ../contestants.mjs. */
  LIST_SQL: string;
}
export type Hono = { Bindings: Env };

export interface Token {
  credential_id: string;
  org_id: string;
  scopes: string;
  expires_at: number | null;
  last_used_at: number | null;
}

export interface Row {
  id: string;
  org_id: string;
  hostname: string;
  status: string;
  cf_id: string | null;
  cf_status: string | null;
  cf_ssl_status: string | null;
  cf_errors: string;
  delegation_target: string | null;
  dns_instruction: string | null;
  dns_records: string;
  dns_verified: number;
  expires_at: number | null;
  expires_source: string | null;
  last_issued_at: number | null;
  error_code: string | null;
  error_message: string | null;
  tags: string;
  next_check_at: number;
  created_at: number;
  updated_at: number;
}

/** The columns of `Row`. */
export const COLUMNS = `id, org_id, hostname, status, cf_id, cf_status, cf_ssl_status, cf_errors, delegation_target,
  dns_instruction, dns_records, dns_verified, expires_at, expires_source, last_issued_at, error_code, error_message,
  tags, next_check_at, created_at, updated_at`;

/** SHA-256 of the bearer token, as it is stored; null where there is no token. */
export async function credentialHash(c: Context<Hono>): Promise<string | null> {
  const token = /^bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (token === undefined) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the token is good for reading domains; notes its use after the answer, at most once a minute. */
export function admit(c: Context<Hono>, token: Token | null | undefined): token is Token {
  const now = Date.now();
  if (!token || (token.expires_at !== null && token.expires_at <= now)) return false;
  const scopes: string[] = JSON.parse(token.scopes);
  if (!scopes.some((scope) => scope === "domains:read" || scope === "domains:write" || scope === "admin")) return false;
  if (token.last_used_at === null || now - token.last_used_at >= 60_000) {
    const touch = c.env.DB.prepare("UPDATE api_tokens SET last_used_at = ? WHERE id = ?");
    c.executionCtx.waitUntil(touch.bind(now, token.credential_id).run());
  }
  return true;
}

/** Where the page begins and how long it is; null for a wrong value. */
export function page(c: Context<Hono>): { after: string | null; limit: number } | null {
  const limit = c.req.query("limit") ?? "50";
  const cursor = c.req.query("cursor");
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 200) return null;
  if (cursor !== undefined && !/^dom_[0-9a-f]{32}$/.test(cursor)) return null;
  return { after: cursor ?? null, limit: Number(limit) };
}

const iso = (millis: number | null) => (millis === null ? null : new Date(millis).toISOString());

function domain(row: Row) {
  return {
    id: row.id,
    orgId: row.org_id,
    domainName: row.hostname,
    status: row.status,
    cnameTarget: row.delegation_target,
    dnsInstruction: row.dns_instruction,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    cfCustomHostnameId: row.cf_id,
    cfStatus: row.cf_status,
    cfSslStatus: row.cf_ssl_status,
    cfVerificationErrors: JSON.parse(row.cf_errors),
    expiresAt: iso(row.expires_at),
    expiresSource: row.expires_source,
    lastIssuedAt: iso(row.last_issued_at),
    errorCode: row.error_code,
    errorMessage: row.error_message,
    tags: JSON.parse(row.tags),
    wildcard: row.hostname.startsWith("*."),
    dnsVerified: row.dns_verified === 1,
    nextCheckAt: iso(row.next_check_at),
    dnsRecords: JSON.parse(row.dns_records),
  };
}

/** The answer of a list from one row more than the page holds. */
export function listAnswer(rows: Row[], limit: number) {
  const shown = rows.slice(0, limit);
  return { domains: shown.map(domain), nextCursor: rows.length > limit ? shown.at(-1)!.id : null };
}

export function keepPrivately(c: Context<Hono>) {
  c.header("cache-control", "private, max-age=10, stale-while-revalidate=30");
  c.header("vary", "Authorization, Cookie, DCVaaS-Organization");
}

export const unauthorized = (c: Context<Hono>) => c.json({ error: "unauthorized" }, 401);
export const badRequest = (c: Context<Hono>) => c.json({ error: "bad_request" }, 400);

/** `GET /health`: one read of D1. */
export async function health(c: Context<Hono>) {
  const [ticks, quotas] = await c.env.DB.batch<{ at: number | null }>([
    c.env.DB.prepare("SELECT MAX(updated_at) AS at FROM leases WHERE name = 'tick'"),
    c.env.DB.prepare("SELECT read_at AS at FROM hostname_quotas LIMIT 1"),
  ]);
  c.header("cache-control", "no-store");
  const lastRunAt = iso(ticks.results[0]?.at ?? null);
  // The bench sends no mail, and nobody has asked how much room the zone has.
  const mail = { status: "not_configured" };
  const customHostnames = { status: quotas.results.length === 0 ? "unknown" : "ok" };
  return c.json({ ok: true, dependencies: { database: { status: "ok" }, scheduler: { lastRunAt }, mail, customHostnames } });
}
