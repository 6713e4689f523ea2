import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Session } from "../../../api/contract.ts";
import { sessionQuery } from "./get-session.ts";

/** What a mail held: the token of its link, or its code. */
export type Proof = { token: string } | { code: string };

/** Trades a proof, which works once, for a session cookie. */
export function useCreateSession() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (proof: Proof) => call<Session>("POST", "/api/session", { body: proof }),
    onSuccess: (session) => {
      // Nothing that another person loaded may be shown to this one.
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
    },
  });
}
