import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";

/** Deletes an organization with everything in it; `confirm` is its name. */
export function useDeleteOrganization(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (confirm: string) =>
      call<undefined>("DELETE", "/api/organizations", { organization: id, body: { confirm } }),
    // What is still asked of it would find nothing.
    onSuccess: () => queryClient.cancelQueries({ queryKey: ["organizations", id] }),
  });
}
