import { useMutation } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { OrganizationAnswer } from "./get-organization.ts";

/** Makes an organization on the free plan, which the person owns. */
export function useCreateOrganization() {
  return useMutation({
    mutationFn: async (name: string) =>
      (await call<OrganizationAnswer>("POST", "/api/organizations", { body: { name } })).organization,
  });
}
