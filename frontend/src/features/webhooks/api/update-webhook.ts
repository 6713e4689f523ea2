import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { ChangedWebhook } from "../../../api/contract.ts";
import type { Body } from "../draft.ts";
import { refreshWebhooks, webhookPath } from "./get-webhook.ts";

/** Changes what is named, and leaves the rest; done when the page shows it. */
export function useUpdateWebhook(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    // What was typed for a header is not kept once the dialog is gone.
    gcTime: 0,
    mutationFn: (body: Body) => call<ChangedWebhook>("PATCH", webhookPath(id), { organization, body }),
    onSuccess: () => refreshWebhooks(queryClient, organization),
  });
}
