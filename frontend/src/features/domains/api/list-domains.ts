import { infiniteQueryOptions, useSuspenseInfiniteQuery } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { DomainPage } from "../../../api/contract.ts";
import { pollInterval } from "../polling.ts";

const PAGE_SIZE = 50;

function listDomains(organization: string, cursor: string | null, signal: AbortSignal): Promise<DomainPage> {
  const search = new URLSearchParams({ limit: String(PAGE_SIZE) });
  if (cursor !== null) search.set("cursor", cursor);
  return call<DomainPage>("GET", `/api/domains?${search}`, { organization, signal });
}

/** Every domain of an organization, a page at a time. */
export function domainListQuery(organization: string) {
  return infiniteQueryOptions({
    queryKey: ["organizations", organization, "domains", "list"],
    queryFn: ({ pageParam, signal }) => listDomains(organization, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state: { data, error } }) =>
      pollInterval(data?.pages.flatMap((page) => page.domains) ?? [], error, Date.now()),
  });
}

/** The domains of an organization, kept up to date. */
export function useDomains(organization: string) {
  return useSuspenseInfiniteQuery(domainListQuery(organization));
}
