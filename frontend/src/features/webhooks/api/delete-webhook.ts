import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import { webhookPath, webhookQuery } from "./get-webhook.ts";
import { webhookListQuery } from "./list-webhooks.ts";

/** Deletes an endpoint and whatever was still to be delivered to it; done when the list shows it. */
export function useDeleteWebhook(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => call<undefined>("DELETE", webhookPath(id), { organization }),
    onSuccess: async () => {
      // Its own page may still be open and looking: its next look would find nothing.
      await queryClient.cancelQueries({ queryKey: webhookQuery(organization, id).queryKey });
      await queryClient.invalidateQueries({ queryKey: webhookListQuery(organization).queryKey });
    },
  });
}
