import { infiniteQueryOptions, keepPreviousData, type QueryClient, useInfiniteQuery } from "@tanstack/react-query";

import type { DeliveryPage, DeliveryState, EventType, Instant } from "../../../api/contract.ts";
import { pagedList } from "../../../lib/paged-list.ts";
import { pollInterval } from "../delivery.ts";
import { webhookPath } from "./get-webhook.ts";

/** Which deliveries are shown; what is empty does not restrict. */
export interface DeliveryFilter extends Record<string, string> {
  state: DeliveryState | "";
  event: EventType | "";
  /** A moment: only events from then on. */
  since: Instant | "";
}

/** The log of an endpoint, newest first, kept up to date. */
export function deliveryListQuery(organization: string, webhook: string, filter: DeliveryFilter) {
  return infiniteQueryOptions({
    ...pagedList<DeliveryPage>(organization, "deliveries", { path: webhookPath(webhook, "/deliveries"), filter }),
    refetchInterval: ({ state: { data, error } }) =>
      error ? false : pollInterval(data?.pages.flatMap((page) => page.deliveries) ?? [], Date.now()),
    // Another filter changes the rows, not the page around them.
    placeholderData: keepPreviousData,
  });
}

export function useDeliveries(organization: string, webhook: string, filter: DeliveryFilter) {
  return useInfiniteQuery(deliveryListQuery(organization, webhook, filter));
}

/** Something was sent: every list of deliveries is old. */
export function refreshDeliveries(queryClient: QueryClient, organization: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ["organizations", organization, "deliveries"] });
}
