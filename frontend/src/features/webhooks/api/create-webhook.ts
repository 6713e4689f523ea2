import { mutationOptions, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { RevealedWebhook } from "../../../api/contract.ts";
import { bodyOf, type Draft } from "../draft.ts";
import { webhookListQuery } from "./list-webhooks.ts";

/**
 * Makes an endpoint and gives it to `reveal`, not to the mutation: what a mutation results in stays in its cache, and
 * no cache may hold the secret.
 */
export function createWebhookMutation(
  queryClient: QueryClient,
  organization: string,
  reveal: (created: RevealedWebhook) => void,
) {
  return mutationOptions({
    // Nor what was typed for a header, once the dialog is gone.
    gcTime: 0,
    mutationFn: async (draft: Draft) => {
      const body = bodyOf(draft);
      const { webhook } = await call<{ webhook: RevealedWebhook }>("POST", "/api/webhooks", { organization, body });
      reveal(webhook);
    },
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: webhookListQuery(organization).queryKey }),
  });
}

export function useCreateWebhook(organization: string, reveal: (created: RevealedWebhook) => void) {
  return useMutation(createWebhookMutation(useQueryClient(), organization, reveal));
}
