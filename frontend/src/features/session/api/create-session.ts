import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Session } from "../../../api/contract.ts";
import { sessionQuery } from "./get-session.ts";

/** Trades the token of a sign-in link, which works once, for a session cookie. */
export function useCreateSession() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => call<Session>("POST", "/api/session", { body: { token } }),
    onSuccess: (session) => {
      // Nothing that another person loaded may be shown to this one.
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
    },
  });
}
