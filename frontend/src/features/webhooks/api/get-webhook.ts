import { type QueryClient, queryOptions, useSuspenseQuery } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Webhook } from "../../../api/contract.ts";

/** How often an open page looks at the endpoint's health, in milliseconds. */
const INTERVAL = 15_000;

/** Where an endpoint is in the API; `action` is what stands behind its id. */
export function webhookPath(id: string, action = ""): string {
  return `/api/webhooks/${encodeURIComponent(id)}${action}`;
}

/** One endpoint with its health, kept up to date. */
export function webhookQuery(organization: string, id: string) {
  return queryOptions({
    queryKey: ["organizations", organization, "webhooks", "detail", id],
    queryFn: async ({ signal }) =>
      (await call<{ webhook: Webhook }>("GET", webhookPath(id), { organization, signal })).webhook,
    refetchInterval: ({ state }) => (state.error ? false : INTERVAL),
  });
}

export function useWebhook(organization: string, id: string) {
  return useSuspenseQuery(webhookQuery(organization, id));
}

/** Whatever is known of endpoints is asked for anew; resolves when what is on the page has come. */
export function refreshWebhooks(queryClient: QueryClient, organization: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ["organizations", organization, "webhooks"] });
}
