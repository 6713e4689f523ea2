import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import { membersPath, refreshMembers } from "./list-members.ts";

/**
 * Takes somebody out of the organization, or takes an invitation back; done when the list shows it. Who takes themselves
 * out may not see that list again, so with `leaves` it is not asked for.
 */
export function useRemoveMember(organization: string, userId: string, leaves: boolean) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call<undefined>("DELETE", membersPath(organization, `/${encodeURIComponent(userId)}`), { organization }),
    onSuccess: () => (leaves ? undefined : refreshMembers(queryClient, organization)),
  });
}
