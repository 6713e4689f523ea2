import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import { tokenListQuery } from "./list-tokens.ts";

/** Ends a token at once and for good; done when the list shows it. */
export function useRevokeToken(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => call<undefined>("DELETE", `/api/tokens/${encodeURIComponent(id)}`, { organization }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: tokenListQuery(organization).queryKey }),
  });
}
