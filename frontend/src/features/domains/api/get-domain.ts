import { queryOptions, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Domain } from "../../../api/contract.ts";
import { pollInterval } from "../polling.ts";
import { domainListQuery } from "./list-domains.ts";

async function getDomain(organization: string, id: string, signal: AbortSignal): Promise<Domain> {
  const path = `/api/domains/${encodeURIComponent(id)}`;
  return (await call<{ domain: Domain }>("GET", path, { organization, signal })).domain;
}

/** One domain with its records and certificates. */
export function domainQuery(organization: string, id: string) {
  return queryOptions({
    queryKey: ["organizations", organization, "domains", "detail", id],
    queryFn: ({ signal }) => getDomain(organization, id, signal),
    refetchInterval: ({ state: { data, error } }) => pollInterval(data ? [data] : [], error, Date.now()),
  });
}

/** One domain, kept up to date. What the list knows of it is shown until the whole has come. */
export function useDomain(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useSuspenseQuery({
    ...domainQuery(organization, id),
    initialData: () =>
      queryClient
        .getQueryData(domainListQuery(organization).queryKey)
        ?.pages.flatMap((page) => page.domains)
        .find((domain) => domain.id === id),
    initialDataUpdatedAt: 0,
  });
}
