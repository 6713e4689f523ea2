import { queryOptions, useQuery } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Delivery } from "../../../api/contract.ts";
import { pollInterval } from "../delivery.ts";

export function deliveryPath(id: string, action = ""): string {
  return `/api/deliveries/${encodeURIComponent(id)}${action}`;
}

/** One delivery with its body and its tries, kept up to date until it is settled. */
export function deliveryQuery(organization: string, id: string) {
  return queryOptions({
    queryKey: ["organizations", organization, "deliveries", "detail", id],
    queryFn: async ({ signal }) =>
      (await call<{ delivery: Delivery }>("GET", deliveryPath(id), { organization, signal })).delivery,
    refetchInterval: ({ state: { data, error } }) => (error ? false : pollInterval(data ? [data] : [], Date.now())),
  });
}

export function useDelivery(organization: string, id: string) {
  return useQuery(deliveryQuery(organization, id));
}
