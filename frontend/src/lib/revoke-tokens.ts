import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../api/client.ts";

/** Which tokens: all of the organization, or those that go back to one person. */
export type Whose = { all: true } | { person: string };

/** Ends many tokens at once and for good; gives how many there were. */
export function useRevokeTokens(organization: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (body: Whose) =>
      (await call<{ revoked: number }>("POST", "/api/tokens/revoke-all", { organization, body })).revoked,
    // The lists of tokens, and of members with how many they have.
    onSuccess: () =>
      Promise.all(
        ["tokens", "members"].map((plural) =>
          queryClient.invalidateQueries({ queryKey: ["organizations", organization, plural] }),
        ),
      ),
  });
}
