import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import { refreshSessions } from "./list-sessions.ts";

/** Ends one of the person's other sessions. */
export function useEndSession(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => call<undefined>("DELETE", `/api/sessions/${encodeURIComponent(id)}`, { organization }),
    onSuccess: () => refreshSessions(queryClient, organization),
  });
}
