import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import { refreshSessions } from "./list-sessions.ts";

/** Ends all of the person's sessions but the one that asks. */
export function useEndOtherSessions(organization: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => call<undefined>("DELETE", "/api/sessions", { organization }),
    onSuccess: () => refreshSessions(queryClient, organization),
  });
}
