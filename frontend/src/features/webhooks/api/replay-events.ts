import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { ReplayEvents } from "../../../api/contract.ts";
import { webhookPath } from "./get-webhook.ts";
import { refreshDeliveries } from "./list-deliveries.ts";

/** What is sent again: since when, and of which kind. */
export type Replay = Pick<ReplayEvents, "since" | "what">;

async function replay(organization: string, webhook: string, body: ReplayEvents, signal?: AbortSignal): Promise<number> {
  const options = { organization, body, ...(signal && { signal }) };
  return (await call<{ count: number }>("POST", webhookPath(webhook, "/replay"), options)).count;
}

function replayCountQuery(organization: string, webhook: string, wanted: Replay) {
  return queryOptions({
    queryKey: ["organizations", organization, "webhooks", "replay", webhook, wanted],
    queryFn: ({ signal }) => replay(organization, webhook, { ...wanted, dryRun: true }, signal),
    staleTime: 0,
    gcTime: 0,
  });
}

/** How many events a replay would send. */
export function useReplayCount(organization: string, webhook: string, wanted: Replay) {
  return useQuery(replayCountQuery(organization, webhook, wanted));
}

/** Sends them; gives how many there are. */
export function useReplayEvents(organization: string, webhook: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Replay) => replay(organization, webhook, { ...wanted, dryRun: false }),
    onSuccess: () => refreshDeliveries(queryClient, organization),
  });
}
