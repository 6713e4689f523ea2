import { queryOptions } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Domain } from "../../../api/contract.ts";
import { ApiProblem } from "../../../api/problem.ts";
import { pollInterval } from "../polling.ts";

async function getDomain(organization: string, id: string, signal: AbortSignal): Promise<Domain> {
  const path = `/api/domains/${encodeURIComponent(id)}`;
  return (await call<{ domain: Domain }>("GET", path, { organization, signal })).domain;
}

/** One domain with its records and certificates. */
export function domainQuery(organization: string, id: string) {
  return queryOptions({
    queryKey: ["organizations", organization, "domains", "detail", id],
    queryFn: ({ signal }) => getDomain(organization, id, signal),
    // A domain that is not there will not be there a second later.
    retry: (failures, error) => failures < 1 && !(error instanceof ApiProblem && error.isFinal),
    refetchInterval: ({ state: { data, error } }) => pollInterval(data ? [data] : [], error, Date.now()),
  });
}
