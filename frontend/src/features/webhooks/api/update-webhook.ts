import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Webhook } from "../../../api/contract.ts";
import type { Draft } from "../draft.ts";
import { refreshWebhooks, webhookPath } from "./get-webhook.ts";

/** Changes what is named, and leaves the rest; done when the page shows it. */
export function useUpdateWebhook(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Draft> & { enabled?: boolean }) =>
      call<{ webhook: Webhook }>("PATCH", webhookPath(id), { organization, body }),
    onSuccess: () => refreshWebhooks(queryClient, organization),
  });
}
