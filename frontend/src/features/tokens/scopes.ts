// What a token may do, as a person chooses it.

import type { Scope } from "../../api/contract.ts";
import { Scope as SCOPE } from "../../api/schema.gen.ts";

/** Every scope that there is. */
export const SCOPES = Object.keys(SCOPE) as Scope[];

/** The least that is of any use. */
export const LEAST: readonly Scope[] = ["domains:read"];

type Resource = Scope extends infer Word ? (Word extends `${infer Name}:${string}` ? Name : never) : never;

/** In the order in which they are offered. A new resource does not compile until it has a name. */
const RESOURCE: Record<Resource, string> = {
  domains: "Domains",
  webhooks: "Webhooks",
  events: "Events",
  jobs: "Jobs",
  connections: "DNS connections",
  tokens: "API tokens",
  audit: "Audit log",
};

/** Every scope but `admin`, by what it is about. */
export const RESOURCES = Object.entries(RESOURCE).map(([name, label]) => ({
  label,
  scopes: SCOPES.filter((scope) => scope.startsWith(`${name}:`)),
}));

/** Whether another chosen scope includes this one: who may change something may read it, and `admin` may everything. */
export function isIncluded(chosen: readonly Scope[], scope: Scope): boolean {
  const wider = [scope.replace(/:read$/, ":write"), "admin"];
  return chosen.some((other) => other !== scope && wider.includes(other));
}

/** Adds or takes away one scope; what another one includes is not kept beside it. */
export function choose(chosen: readonly Scope[], scope: Scope, on: boolean): Scope[] {
  const others = chosen.filter((other) => other !== scope);
  if (!on) return others;
  const all = [...others, scope];
  return all.filter((other) => !isIncluded(all, other));
}
