import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Domain } from "../../../api/contract.ts";
import { domainQuery } from "./get-domain.ts";
import { domainListQuery } from "./list-domains.ts";

/** Adds a hostname; the answer already has every record to place. */
export function useAddDomain(organization: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (hostname: string) =>
      (await call<{ domain: Domain }>("POST", "/api/domains", { organization, body: { hostname } })).domain,
    onSuccess: (domain) => {
      queryClient.setQueryData(domainQuery(organization, domain.id).queryKey, domain);
      void queryClient.invalidateQueries({ queryKey: domainListQuery(organization).queryKey });
    },
  });
}
