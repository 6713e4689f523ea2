import { useSuspenseInfiniteQuery } from "@tanstack/react-query";

import type { WebhookPage } from "../../../api/contract.ts";
import { pagedList } from "../../../lib/paged-list.ts";

/** Every endpoint of an organization without its secret, a page at a time. */
export function webhookListQuery(organization: string) {
  return pagedList<WebhookPage>(organization, "webhooks");
}

export function useWebhooks(organization: string) {
  return useSuspenseInfiniteQuery(webhookListQuery(organization));
}
