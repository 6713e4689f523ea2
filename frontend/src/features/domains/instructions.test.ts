import { expect, test } from "vitest";

import type { DnsRecord } from "../../api/contract.ts";
import { instructions } from "./instructions.ts";

const common = { zone: "customer.com", seen: "missing" } as const;
const dnsRecords: DnsRecord[] = [
  {
    ...common,
    purpose: "delegation",
    type: "CNAME",
    name: "_acme-challenge.customer.com",
    value: "customer.com.0123456789abcdef.dcv.cloudflare.com",
    relativeName: "_acme-challenge",
    required: true,
  },
  {
    ...common,
    purpose: "ownership",
    type: "TXT",
    name: "_cf-custom-hostname.customer.com",
    value: "0e2d5a7f",
    relativeName: "",
    required: false,
  },
];

test("the text holds every record, exactly", () => {
  expect(instructions({ domainName: "customer.com", dnsRecords })).toBe(
    `DNS records for customer.com. Please place them once, and leave them in place.

Delegation: Hands validation to us, for this and every later certificate.
  Type:  CNAME
  Name:  _acme-challenge.customer.com (many providers want only _acme-challenge)
  Value: customer.com.0123456789abcdef.dcv.cloudflare.com

Ownership (optional): Proves the name is yours before any traffic moves.
  Type:  TXT
  Name:  _cf-custom-hostname.customer.com
  Value: 0e2d5a7f`,
  );
});
