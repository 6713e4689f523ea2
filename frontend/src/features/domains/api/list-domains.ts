import { infiniteQueryOptions, useSuspenseInfiniteQuery } from "@tanstack/react-query";

import type { DomainPage } from "../../../api/contract.ts";
import { pagedList } from "../../../lib/paged-list.ts";
import { pollInterval } from "../polling.ts";

/** Every domain of an organization, a page at a time. */
export function domainListQuery(organization: string) {
  return infiniteQueryOptions({
    ...pagedList<DomainPage>(organization, "domains"),
    refetchInterval: ({ state: { data, error } }) =>
      pollInterval(data?.pages.flatMap((page) => page.domains) ?? [], error, Date.now()),
  });
}

/** The domains of an organization, kept up to date. */
export function useDomains(organization: string) {
  return useSuspenseInfiniteQuery(domainListQuery(organization));
}
