import { queryOptions, useQuery } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { UsageDay } from "../../../api/contract.ts";

/** How a token was used, day by day, newest first. */
function usageQuery(organization: string, id: string) {
  return queryOptions({
    queryKey: ["organizations", organization, "tokens", "usage", id],
    queryFn: async ({ signal }) => {
      const path = `/api/tokens/${encodeURIComponent(id)}/usage`;
      return (await call<{ usage: UsageDay[] }>("GET", path, { organization, signal })).usage;
    },
  });
}

export function useUsage(organization: string, id: string) {
  return useQuery(usageQuery(organization, id));
}
