import { type QueryClient, queryOptions, type SkipToken, skipToken, useQuery } from "@tanstack/react-query";

import type { Webhook } from "../../../api/contract.ts";
import { type Missed, missedSince } from "../catch-up.ts";

const NONE: readonly Missed[] = [];

/** The endpoints that were turned on again in this visit, until somebody says what becomes of what they missed. */
function missedQuery(organization: string) {
  return queryOptions({
    queryKey: ["organizations", organization, "missed"],
    // Nobody else knows: it is only noted here.
    queryFn: skipToken as SkipToken | (() => readonly Missed[]),
    gcTime: Number.POSITIVE_INFINITY,
  });
}

export function useMissed(organization: string): readonly Missed[] {
  return useQuery(missedQuery(organization)).data ?? NONE;
}

/** The endpoint, as it was before, has been turned on. */
export function noteMissed(queryClient: QueryClient, organization: string, before: Webhook): void {
  const { id, url } = before;
  const missed = { id, url, since: missedSince(before, Date.now()) };
  queryClient.setQueryData(missedQuery(organization).queryKey, (others = []) => [
    ...others.filter((other) => other.id !== id),
    missed,
  ]);
}

export function forgetMissed(queryClient: QueryClient, organization: string, id: string): void {
  queryClient.setQueryData(missedQuery(organization).queryKey, (all = []) => all.filter((missed) => missed.id !== id));
}
