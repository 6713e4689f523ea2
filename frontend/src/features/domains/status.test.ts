import { describe, expect, test } from "vitest";

import type { DnsRecord, Domain, RecordSeen } from "../../api/contract.ts";
import { needsAlias, providerName, situation } from "./status.ts";

const record = (seen: RecordSeen, required = true): DnsRecord => ({
  purpose: "delegation",
  type: "CNAME",
  name: "_acme-challenge.app.customer.com",
  value: "app.customer.com.0123456789abcdef.dcv.cloudflare.com",
  relativeName: "_acme-challenge.app",
  zone: "customer.com",
  required,
  seen,
});

const waiting = (...dnsRecords: DnsRecord[]) => situation({ status: "pending_cname", dnsRecords } as Domain);

describe("who must act", () => {
  test("the owner, with the number of records and where they belong", () => {
    const { actor, headline } = waiting(record("missing"), record("unknown"), record("missing", false));
    expect(actor).toBe("The domain’s owner");
    expect(headline).toBe("Place 2 records in the DNS of customer.com");
  });

  test("a record with another value is to be corrected, not placed", () => {
    expect(waiting(record("right"), record("wrong")).headline).toBe("Correct 1 record in the DNS of customer.com");
  });

  test("nothing is asked for while no record is known or all are right", () => {
    for (const nothing of [waiting(), waiting(record("right"), record("missing", false))]) {
      expect(nothing).toMatchObject({ actor: "Nobody", headline: "Waiting for DNS" });
    }
  });

  test("nobody, when the certificate is on its way or live", () => {
    expect(situation({ status: "issuing" } as Domain).actor).toBe("Nobody");
    const active = situation({ status: "active", expiresAt: "2027-01-25T12:00:00Z" } as Domain);
    expect(active.actor).toBe("Nobody");
    expect(active.text).toContain("25 Jan 2027");
  });

  test("the owner, when the delegation record of a live domain is gone for certain", () => {
    const live = (dnsVerified: boolean, seen: RecordSeen) =>
      situation({ status: "active", dnsVerified, dnsRecords: [record(seen)], expiresAt: "2027-01-25T12:00:00Z" } as Domain);
    for (const seen of ["missing", "wrong"] as const) {
      const { tone, actor, headline, text } = live(false, seen);
      expect([tone, actor]).toEqual(["waiting", "The domain’s owner"]);
      expect(headline).toBe("Place the delegation record in the DNS of customer.com");
      expect(text).toContain("valid until 25 Jan 2027");
    }
    for (const fine of [live(true, "missing"), live(true, "right"), live(false, "unknown")]) expect(fine.actor).toBe("Nobody");
  });

  test("an error is told in the server's words, and its code names who can end it", () => {
    const told = situation({ status: "error", errorCode: "moved", errorMessage: "The record is gone." } as Domain);
    expect(told.text).toBe("The record is gone.");
    expect(told.actor).toBe("The domain’s owner");
    expect(situation({ status: "error", errorCode: null, errorMessage: null } as Domain).actor).toBeNull();
    expect(situation({ status: "error", errorCode: "a_new_one" } as unknown as Domain).actor).toBeNull();
  });
});

describe("the short name", () => {
  test("is offered where it differs from the whole name", () => {
    expect(providerName(record("missing"))).toBe("_acme-challenge.app");
    expect(providerName({ name: "a.b", relativeName: "a.b" })).toBeNull();
    expect(providerName({ name: "a.b", relativeName: "" })).toBeNull();
  });
});

test("only a CNAME at the top of its zone needs the provider's own kind of alias", () => {
  expect(needsAlias({ type: "CNAME", name: "customer.com", zone: "customer.com" })).toBe(true);
  expect(needsAlias({ type: "CNAME", name: "app.customer.com", zone: "customer.com" })).toBe(false);
  expect(needsAlias({ type: "TXT", name: "customer.com", zone: "customer.com" })).toBe(false);
});
