import { mutationOptions, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Instant, Scope, Token } from "../../../api/contract.ts";
import { tokenListQuery } from "./list-tokens.ts";

export interface NewToken {
  name: string;
  scopes: Scope[];
  /** `null`: it works until it is revoked. */
  expiresAt: Instant | null;
  /** The tags of the domains that it reaches; none for all. */
  domainTags: string[];
  /** Addresses and blocks of them; none for any. */
  allowedIps: string[];
}

/** A token and, this once, its text. */
export interface CreatedToken {
  plaintext: string;
  token: Token;
}

/**
 * Makes a token and gives it to `reveal`, not to the mutation: what a mutation results in stays in its cache, and no
 * cache may hold the text.
 */
export function createTokenMutation(
  queryClient: QueryClient,
  organization: string,
  reveal: (created: CreatedToken) => void,
) {
  return mutationOptions({
    mutationFn: async (body: NewToken) => {
      const { token, tokenMeta } = await call<{ token: string; tokenMeta: Token }>("POST", "/api/tokens", {
        organization,
        body,
      });
      reveal({ plaintext: token, token: tokenMeta });
    },
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: tokenListQuery(organization).queryKey }),
  });
}

export function useCreateToken(organization: string, reveal: (created: CreatedToken) => void) {
  return useMutation(createTokenMutation(useQueryClient(), organization, reveal));
}
