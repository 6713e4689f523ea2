import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Delivery, EventType } from "../../../api/contract.ts";
import { webhookPath } from "./get-webhook.ts";
import { refreshDeliveries } from "./list-deliveries.ts";

/** Sends an example to one endpoint, the way every event goes; gives its delivery. */
export function useSendTest(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (type: EventType) =>
      (await call<{ delivery: Delivery }>("POST", webhookPath(id, "/test"), { organization, body: { type } })).delivery,
    onSuccess: () => void refreshDeliveries(queryClient, organization),
  });
}
