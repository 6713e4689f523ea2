import { mutationOptions, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { RevealedWebhook, RotateSecret } from "../../../api/contract.ts";
import { refreshWebhooks, webhookPath } from "./get-webhook.ts";

/** Changes the secret and gives the new one to `reveal`, not to the mutation: no cache may hold it. */
export function rotateSecretMutation(
  queryClient: QueryClient,
  organization: string,
  id: string,
  reveal: (webhook: RevealedWebhook) => void,
) {
  return mutationOptions({
    mutationFn: async (body: RotateSecret) => {
      const { webhook } = await call<{ webhook: RevealedWebhook }>("POST", webhookPath(id, "/rotate"), {
        organization,
        body,
      });
      reveal(webhook);
    },
    onSuccess: () => void refreshWebhooks(queryClient, organization),
  });
}

export function useRotateSecret(organization: string, id: string, reveal: (webhook: RevealedWebhook) => void) {
  return useMutation(rotateSecretMutation(useQueryClient(), organization, id, reveal));
}

/** Ends the time in which the secret before this one signs, too. */
export function useDropPreviousSecret(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => call<undefined>("DELETE", webhookPath(id, "/previous-secret"), { organization }),
    onSuccess: () => refreshWebhooks(queryClient, organization),
  });
}
