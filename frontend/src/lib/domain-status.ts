import type { DomainStatus } from "../api/contract.ts";

/** A domain's status in a word. */
export const DOMAIN_STATUS: Record<DomainStatus, string> = {
  pending_cname: "Waiting for DNS",
  issuing: "Issuing",
  active: "Active",
  error: "Needs attention",
};
