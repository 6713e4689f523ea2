// What the plans include: the server's own table, so that the dashboard can say beforehand what it would refuse.

import type { Plan } from "../api/contract.ts";
import { PLANS } from "../api/plans.gen.ts";

export type Feature = (typeof PLANS)[Plan]["features"][number];

/** From the smallest to the largest. */
const IN_ORDER = Object.keys(PLANS) as Plan[];

export interface Limits {
  domains: number;
  webhookEndpoints: number;
  requestsPerMinute: number;
  auditDays: number;
  features: readonly Feature[];
}

export function limitsOf(plan: Plan): Limits {
  return PLANS[plan];
}

export function includes(plan: Plan, feature: Feature): boolean {
  return limitsOf(plan).features.includes(feature);
}

/** The smallest plan that includes the feature; `null` if none does. */
export function firstPlanWith(feature: Feature): Plan | null {
  return IN_ORDER.find((plan) => includes(plan, feature)) ?? null;
}

/** For how long the plan keeps the audit log. */
export function keptFor(plan: Plan): string {
  const days = limitsOf(plan).auditDays;
  if (days < 365) return `${days} days`;
  return days < 730 ? "1 year" : `${Math.floor(days / 365)} years`;
}

/** Each feature as the subject of a sentence in the plural. A new one does not compile until it has a name. */
export const FEATURE: Record<Feature, string> = {
  api_tokens: "API tokens",
  webhooks: "Webhooks",
  team: "Team members",
  audit: "Reading and exporting the audit log",
  white_label: "Your own colour and logo",
  automatic_dns: "Automatic DNS records",
};
