import { queryOptions, useQuery } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { DomainPage } from "../../../api/contract.ts";

/** Pages of 200 that are asked for at most: who has more domains chooses them by their tags. */
const PAGES = 5;

async function getDomainNames(organization: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let cursor: string | null = "";
  for (let page = 0; page < PAGES && cursor !== null; page += 1) {
    const search: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const answer: DomainPage = await call("GET", `/api/domains?limit=200${search}`, { organization, signal });
    for (const { id, domainName } of answer.domains) names.set(id, domainName);
    cursor = answer.nextCursor;
  }
  return names;
}

/** What the organization's domains are called, by their ids; asked for where `wanted`. */
export function useDomainNames(organization: string, wanted = true) {
  return useQuery(
    queryOptions({
      queryKey: ["organizations", organization, "domain-names"],
      queryFn: ({ signal }) => getDomainNames(organization, signal),
      staleTime: 60_000,
      enabled: wanted,
    }),
  );
}
