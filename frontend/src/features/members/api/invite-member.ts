import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Member, Role } from "../../../api/contract.ts";
import { membersPath, refreshMembers } from "./list-members.ts";

/** Invites somebody by mail. Who is invited already gets a new mail, and the link of the one before ends. */
export function useInviteMember(organization: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; role: Role }) =>
      call<{ member: Member }>("POST", membersPath(organization, "/invite"), { organization, body }),
    onSuccess: () => refreshMembers(queryClient, organization),
  });
}
