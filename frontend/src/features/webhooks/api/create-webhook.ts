import { mutationOptions, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { RevealedWebhook } from "../../../api/contract.ts";
import type { Draft } from "../draft.ts";
import { webhookListQuery } from "./list-webhooks.ts";

/** An endpoint and, this once, its secret. */
export type CreatedWebhook = RevealedWebhook;

/**
 * Makes an endpoint and gives it to `reveal`, not to the mutation: what a mutation results in stays in its cache, and
 * no cache may hold the secret.
 */
export function createWebhookMutation(
  queryClient: QueryClient,
  organization: string,
  reveal: (created: CreatedWebhook) => void,
) {
  return mutationOptions({
    mutationFn: async (body: Draft) => {
      const { webhook } = await call<{ webhook: CreatedWebhook }>("POST", "/api/webhooks", { organization, body });
      reveal(webhook);
    },
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: webhookListQuery(organization).queryKey }),
  });
}

export function useCreateWebhook(organization: string, reveal: (created: CreatedWebhook) => void) {
  return useMutation(createWebhookMutation(useQueryClient(), organization, reveal));
}
