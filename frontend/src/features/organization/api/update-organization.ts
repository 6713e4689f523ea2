import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { OrganizationDetail } from "../../../api/contract.ts";
import { type OrganizationAnswer, organizationQuery } from "./get-organization.ts";

export type OrganizationChange = Partial<Pick<OrganizationDetail, "name" | "brandColor" | "logoUrl">>;

/** Changes what is named, and leaves the rest. */
export function useUpdateOrganization(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (body: OrganizationChange) =>
      (await call<OrganizationAnswer>("PATCH", "/api/organizations", { organization: id, body })).organization,
    onSuccess: (organization) => queryClient.setQueryData(organizationQuery(id).queryKey, organization),
  });
}
