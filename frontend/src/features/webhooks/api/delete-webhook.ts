import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import { webhookListQuery } from "./list-webhooks.ts";

/** Deletes an endpoint and whatever was still to be delivered to it; done when the list shows it. */
export function useDeleteWebhook(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => call<undefined>("DELETE", `/api/webhooks/${encodeURIComponent(id)}`, { organization }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookListQuery(organization).queryKey }),
  });
}
