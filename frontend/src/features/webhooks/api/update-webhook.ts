import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Webhook } from "../../../api/contract.ts";
import type { Draft } from "../draft.ts";
import { webhookListQuery } from "./list-webhooks.ts";

/** Changes what is named, and leaves the rest; done when the list shows it. */
export function useUpdateWebhook(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Draft> & { enabled?: boolean }) =>
      call<{ webhook: Webhook }>("PATCH", `/api/webhooks/${encodeURIComponent(id)}`, { organization, body }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookListQuery(organization).queryKey }),
  });
}
