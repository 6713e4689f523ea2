import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { OrganizationDetail } from "../../../api/contract.ts";

/** What an answer about one organization holds. */
export interface OrganizationAnswer {
  organization: OrganizationDetail;
}

/** The organization with its brand and what it holds. */
export function organizationQuery(id: string) {
  return queryOptions({
    queryKey: ["organizations", id, "detail"],
    queryFn: async ({ signal }) =>
      (await call<OrganizationAnswer>("GET", "/api/organizations", { organization: id, signal })).organization,
  });
}

export function useOrganization(id: string) {
  return useSuspenseQuery(organizationQuery(id));
}
