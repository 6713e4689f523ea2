import { mutationOptions, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Token } from "../../../api/contract.ts";
import type { CreatedToken } from "./create-token.ts";
import { tokenListQuery } from "./list-tokens.ts";

/** Makes a token in place of another and gives it to `reveal`, not to the mutation: no cache may hold its text. */
export function rotateTokenMutation(
  queryClient: QueryClient,
  organization: string,
  id: string,
  reveal: (created: CreatedToken) => void,
) {
  return mutationOptions({
    mutationFn: async (gracePeriodSeconds: number) => {
      const path = `/api/tokens/${encodeURIComponent(id)}/rotate`;
      const body = { gracePeriodSeconds };
      const answer = await call<{ token: string; tokenMeta: Token }>("POST", path, { organization, body });
      reveal({ plaintext: answer.token, token: answer.tokenMeta });
    },
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: tokenListQuery(organization).queryKey }),
  });
}

export function useRotateToken(organization: string, id: string, reveal: (created: CreatedToken) => void) {
  return useMutation(rotateTokenMutation(useQueryClient(), organization, id, reveal));
}
