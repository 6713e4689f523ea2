// What an organization uses of what it may.

import type { OrganizationDetail } from "../../api/contract.ts";
import { type Feature, firstPlanWith, includes, keptFor, limitsOf } from "../../lib/plan.ts";

export interface UsageRow {
  label: string;
  used: string;
  limit: string;
  /** The used part of the limit, from 0; `null` where it says nothing. */
  share: number | null;
  /** Whether the operator set the limit for this organization alone. */
  own: boolean;
}

type Counted = Pick<OrganizationDetail, "plan" | "use" | "domainLimit" | "requestsPerMinute">;

export function usage({ plan, use, domainLimit, requestsPerMinute }: Counted): UsageRow[] {
  const limits = limitsOf(plan);
  const count = (label: string, used: number, limit: number, own = false): UsageRow => ({
    label,
    used: text(used),
    limit: text(limit),
    share: limit > 0 ? used / limit : null,
    own,
  });
  const open = (label: string, used: number, feature: Feature): UsageRow => ({
    label,
    used: text(used),
    limit: includes(plan, feature) ? "As many as you need" : `From the plan ${firstPlanWith(feature)}`,
    share: null,
    own: false,
  });
  const rate = requestsPerMinute ?? limits.requestsPerMinute;
  return [
    count("Domains", use.domains, domainLimit ?? limits.domains, domainLimit !== null),
    count("Webhook endpoints", use.webhookEndpoints, limits.webhookEndpoints),
    open("API tokens", use.apiTokens, "api_tokens"),
    open("Members", use.members, "team"),
    { label: "API requests a minute", used: "–", limit: text(rate), share: null, own: requestsPerMinute !== null },
    { label: "Audit log", used: "–", limit: `Kept for ${keptFor(plan)}`, share: null, own: false },
  ];
}

function text(number: number): string {
  return number.toLocaleString("en");
}
