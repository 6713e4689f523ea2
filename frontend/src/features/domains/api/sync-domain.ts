import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Domain } from "../../../api/contract.ts";
import { domainQuery } from "./get-domain.ts";
import { domainListQuery } from "./list-domains.ts";

/** Looks at DNS and the certificate now instead of at the next check. The server allows it once in a while. */
export function useSyncDomain(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () =>
      (await call<{ domain: Domain }>("POST", `/api/domains/${encodeURIComponent(id)}/sync`, { organization })).domain,
    onSuccess: (domain) => {
      queryClient.setQueryData(domainQuery(organization, id).queryKey, domain);
      void queryClient.invalidateQueries({ queryKey: domainListQuery(organization).queryKey });
    },
  });
}
