import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import { domainQuery } from "./get-domain.ts";
import { domainListQuery } from "./list-domains.ts";

/** Removes a domain here and at Cloudflare. */
export function useDeleteDomain(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => call<undefined>("DELETE", `/api/domains/${encodeURIComponent(id)}`, { organization }),
    onSuccess: async () => {
      const list = domainListQuery(organization);
      // The page that polls this domain is still open: without this its next look would find nothing.
      await queryClient.cancelQueries({ queryKey: domainQuery(organization, id).queryKey });
      queryClient.setQueryData(
        list.queryKey,
        (data) =>
          data && {
            ...data,
            pages: data.pages.map((page) => ({ ...page, domains: page.domains.filter((domain) => domain.id !== id) })),
          },
      );
      void queryClient.invalidateQueries({ queryKey: list.queryKey });
    },
  });
}
