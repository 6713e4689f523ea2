// Fills a local D1 with what a larger customer has: 1,000 domains, most of them active, beside another tenant's 1,000.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import path from "node:path";
import { promisify } from "node:util";

import { ROOT } from "../tests/stack/stack.mjs";

const SEED = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target"), "debug/dcvaas-seed");
export const DOMAINS = 1000;
const DAY = 86_400_000;
/** 2026-01-01; rows are the same in every run. */
const START = 1_767_225_600_000;
const BATCH = 100;

/** The same digits for the same words. */
const digits = (...words) => createHash("sha256").update(words.join(" ")).digest("hex");
const uuid = (hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

/** Two organizations as the product makes them; resolves to the first one's `{orgId, token}`. */
export async function seedRows(db) {
  const [customer] = [await organization(db, "owner"), await organization(db, "other")];
  // The load is above what any plan allows; it is counted all the same.
  await db.prepare("UPDATE organizations SET requests_per_minute = 1000000000").run();
  return customer;
}

async function organization(db, label) {
  const { statements, made } = JSON.parse((await promisify(execFile)(SEED, ["organization"])).stdout);
  // One person may own both.
  const own = statements.filter(({ sql }, index) => label === "owner" || index === 0 || !/INTO (users|members)/.test(sql));
  await db.batch(own.map(({ sql, params }) => db.prepare(sql).bind(...params)));
  const rows = Array.from({ length: DOMAINS }, (_, n) => domainRow(n, made.orgId, label));
  for (let from = 0; from < rows.length; from += BATCH) {
    await db.batch(rows.slice(from, from + BATCH).map((row) => insert(db, row)));
  }
  return made;
}

function insert(db, row) {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `?${index + 1}`);
  return db.prepare(`INSERT INTO domains (${columns}) VALUES (${places})`).bind(...Object.values(row));
}

/** One domain: of a hundred, 88 are active, 6 wait for their records, 4 are being issued, 2 failed. */
function domainRow(n, orgId, label) {
  const hex = digits(label, n);
  const createdAt = START + n * 7_919_537;
  const place = n % 100;
  const status = place < 88 ? "active" : place < 94 ? "pending_cname" : place < 98 ? "issuing" : "error";
  const hostname = `${n % 50 === 7 ? "*." : ""}shop-${n}.${label}.example.com`;
  const name = hostname.replace("*.", "");
  const target = `${name}.${hex.slice(32, 48)}.dcv.cloudflare.com`;
  const issuedAt = status === "active" ? createdAt + 300_123 : null;
  const seen = status === "active" || status === "issuing" ? "right" : "missing";
  return {
    id: `dom_${createdAt.toString(16).padStart(12, "0")}7${hex.slice(0, 19)}`,
    org_id: orgId,
    hostname,
    status,
    cf_id: uuid(hex),
    cf_status: status === "active" ? "active" : "pending",
    cf_ssl_status: { active: "active", issuing: "pending_issuance", error: "validation_timed_out" }[status] ?? "pending_validation",
    cf_errors: status === "error" ? JSON.stringify(["The certificate authority did not find the TXT record in time."]) : "[]",
    delegation_target: target,
    dns_instruction: `Place the CNAME record _acme-challenge.${name} with the value ${target} once, and leave it there: certificates are issued and renewed by it.`,
    dns_records: JSON.stringify(dnsRecords(hostname, name, target, seen)),
    dns_verified: seen === "right" ? 1 : 0,
    expires_at: issuedAt && issuedAt + 90 * DAY - 1000,
    expires_source: issuedAt && "certificate",
    last_issued_at: issuedAt,
    error_code: status === "error" ? "validation_failed" : null,
    error_message: status === "error" ? "The certificate could not be validated. Check the CNAME record and sync again." : null,
    version: 4,
    seq: 3,
    next_check_at: START + 9999 * DAY + n,
    created_at: createdAt,
    updated_at: createdAt + 301_457,
  };
}

/** As the product keeps them: about 700 bytes of JSON. */
function dnsRecords(hostname, name, target, seen) {
  const proof = `_cf-custom-hostname.${name}`;
  return [
    record("delegation", "CNAME", `_acme-challenge.${name}`, target, true, seen),
    record("traffic", "CNAME", hostname, "customers.dcvaas.example", true, seen),
    record("ownership", "TXT", proof, uuid(digits(proof)), false, "unknown"),
  ];
}

function record(purpose, type, name, value, required, seen) {
  const zone = "example.com";
  return { purpose, type, name, value, relativeName: name.slice(0, -zone.length - 1), zone, required, seen };
}
