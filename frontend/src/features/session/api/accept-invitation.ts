import { useMutation } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Invitation } from "../invitation-link.ts";

/** The signed-in person joins the organization that invited them. */
export function useAcceptInvitation() {
  return useMutation({
    mutationFn: ({ organization, token }: Invitation) =>
      call("POST", `/api/orgs/${encodeURIComponent(organization)}/members/accept`, { body: { token } }),
  });
}
