import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import { ApiProblem } from "../../../api/problem.ts";
import { sessionQuery } from "./get-session.ts";

async function deleteSession(): Promise<void> {
  try {
    await call<undefined>("DELETE", "/api/session");
  } catch (error) {
    // Already signed out, which is what was wanted.
    if (!(error instanceof ApiProblem && error.code === "unauthorized")) throw error;
  }
}

/** Ends the session here and on the server, and forgets what was loaded in it. */
export function useDeleteSession() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: deleteSession,
    onSuccess: () => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, null);
    },
  });
}
