import { type QueryClient, queryOptions, type SkipToken, skipToken, useQuery } from "@tanstack/react-query";

import type { Missed } from "../catch-up.ts";

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

/** What the endpoint with the id missed; `null` for nothing, or for what is dealt with. */
export function noteMissed(queryClient: QueryClient, organization: string, id: string, missed: Missed | null): void {
  queryClient.setQueryData(missedQuery(organization).queryKey, (others = []) => [
    ...others.filter((other) => other.id !== id),
    ...(missed ? [missed] : []),
  ]);
}
