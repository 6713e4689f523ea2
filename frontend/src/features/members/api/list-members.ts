import { type QueryClient, useSuspenseInfiniteQuery } from "@tanstack/react-query";

import type { MemberPage } from "../../../api/contract.ts";
import { pagedList } from "../../../lib/paged-list.ts";

/** Where an organization's members are in the API; `rest` is what stands behind. */
export function membersPath(organization: string, rest = ""): string {
  return `/api/orgs/${encodeURIComponent(organization)}/members${rest}`;
}

/** Everybody who belongs to an organization or is invited to, a page at a time. */
function memberListQuery(organization: string) {
  return pagedList<MemberPage>(organization, "members", { path: membersPath(organization) });
}

export function useMembers(organization: string) {
  return useSuspenseInfiniteQuery(memberListQuery(organization));
}

/** Resolves when the list shows what has changed. */
export function refreshMembers(queryClient: QueryClient, organization: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: memberListQuery(organization).queryKey });
}
