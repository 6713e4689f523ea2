import { infiniteQueryOptions, keepPreviousData, type QueryClient, useInfiniteQuery } from "@tanstack/react-query";

import type { DeliveryPage } from "../../../api/contract.ts";
import { pagedList } from "../../../lib/paged-list.ts";
import { pollInterval } from "../delivery.ts";
import { webhookPath } from "./get-webhook.ts";

/** The log of an endpoint, newest first, kept up to date. */
function deliveryListQuery(organization: string, webhook: string, filter: Record<string, string>) {
  return infiniteQueryOptions({
    ...pagedList<DeliveryPage>(organization, "deliveries", { path: webhookPath(webhook, "/deliveries"), filter }),
    refetchInterval: ({ state: { data, error } }) =>
      error ? false : pollInterval(data?.pages.flatMap((page) => page.deliveries) ?? [], Date.now()),
    // Another filter changes the rows, not the page around them.
    placeholderData: keepPreviousData,
  });
}

/** `filter` is as the API takes it. */
export function useDeliveries(organization: string, webhook: string, filter: Record<string, string>) {
  return useInfiniteQuery(deliveryListQuery(organization, webhook, filter));
}

/** Something was sent: every list of deliveries is old. */
export function refreshDeliveries(queryClient: QueryClient, organization: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ["organizations", organization, "deliveries"] });
}
