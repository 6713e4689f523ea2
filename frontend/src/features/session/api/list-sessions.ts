import { type QueryClient, useSuspenseInfiniteQuery } from "@tanstack/react-query";

import type { SessionPage } from "../../../api/contract.ts";
import { pagedList } from "../../../lib/paged-list.ts";

/** The places where the person is signed in, a page at a time, newest first. */
function sessionListQuery(organization: string) {
  return pagedList<SessionPage>(organization, "sessions");
}

export function useSessions(organization: string) {
  return useSuspenseInfiniteQuery(sessionListQuery(organization));
}

/** Resolves when the list shows what has ended. */
export function refreshSessions(queryClient: QueryClient, organization: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: sessionListQuery(organization).queryKey });
}
