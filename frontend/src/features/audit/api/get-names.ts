import { queryOptions, useQuery } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { DomainPage, MemberPage, TokenPage, WebhookPage } from "../../../api/contract.ts";

/** What the ids in the log are called now. */
export interface Names {
  people: ReadonlyMap<string, string>;
  tokens: ReadonlyMap<string, string>;
  /** Domains and endpoints. */
  things: ReadonlyMap<string, string>;
}

/** The most that one page of a list can hold; what is older keeps its id. */
const PAGE = "?limit=200";

/** What cannot be asked for has no names: the log is shown all the same. */
async function pageOf<Page extends object>(path: string, organization: string, signal: AbortSignal): Promise<Partial<Page>> {
  try {
    return await call<Page>("GET", path + PAGE, { organization, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return {};
  }
}

async function getNames(organization: string, signal: AbortSignal): Promise<Names> {
  const members = `/api/orgs/${encodeURIComponent(organization)}/members`;
  const [{ members: people = [] }, { tokens = [] }, { domains = [] }, { webhooks = [] }] = await Promise.all([
    pageOf<MemberPage>(members, organization, signal),
    pageOf<TokenPage>("/api/tokens", organization, signal),
    pageOf<DomainPage>("/api/domains", organization, signal),
    pageOf<WebhookPage>("/api/webhooks", organization, signal),
  ]);
  return {
    people: new Map(people.map(({ userId, email }) => [userId, email])),
    tokens: new Map(tokens.map(({ id, name }) => [id, name])),
    things: new Map([
      ...domains.map(({ id, domainName }) => [id, domainName] as const),
      ...webhooks.map(({ id, url }) => [id, url] as const),
    ]),
  };
}

function namesQuery(organization: string) {
  return queryOptions({
    queryKey: ["organizations", organization, "audit-logs", "names"],
    queryFn: ({ signal }) => getNames(organization, signal),
    staleTime: 60_000,
  });
}

/** The names; nothing until they are there, which they are only asked to be for who may see the log. */
export function useNames(organization: string, mayLook: boolean): Names | undefined {
  return useQuery({ ...namesQuery(organization), enabled: mayLook }).data;
}
