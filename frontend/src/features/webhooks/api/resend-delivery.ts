import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Delivery } from "../../../api/contract.ts";
import { deliveryPath } from "./get-delivery.ts";
import { refreshDeliveries } from "./list-deliveries.ts";

/** Sends a delivery again, now, whether it arrived or not. */
export function useResendDelivery(organization: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => call<{ delivery: Delivery }>("POST", deliveryPath(id, "/resend"), { organization }),
    onSuccess: () => refreshDeliveries(queryClient, organization),
  });
}
