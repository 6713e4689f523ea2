import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Member, MemberStatus, Role } from "../../../api/contract.ts";
import { membersPath, refreshMembers } from "./list-members.ts";

/** Changes a member's role or status; done when the list shows it. */
export function useUpdateMember(organization: string, userId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { role: Role } | { status: MemberStatus }) =>
      call<{ member: Member }>("PATCH", membersPath(organization, `/${encodeURIComponent(userId)}`), { organization, body }),
    onSuccess: () => refreshMembers(queryClient, organization),
  });
}
