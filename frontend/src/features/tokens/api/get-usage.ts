import { queryOptions, useQuery } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { TokenUsage } from "../../../api/contract.ts";

/** How a token was used, day by day, and from where, newest first. */
function usageQuery(organization: string, id: string) {
  return queryOptions({
    queryKey: ["organizations", organization, "tokens", "usage", id],
    queryFn: ({ signal }) =>
      call<TokenUsage>("GET", `/api/tokens/${encodeURIComponent(id)}/usage`, { organization, signal }),
  });
}

export function useUsage(organization: string, id: string) {
  return useQuery(usageQuery(organization, id));
}
