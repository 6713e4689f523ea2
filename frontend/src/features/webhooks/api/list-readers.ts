import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { FeedConsumerPage } from "../../../api/contract.ts";

/** How often an open page looks how far they have come, in milliseconds. */
const INTERVAL = 15_000;

/** The programs that read the feed of events under a name; they are one page. */
function readersQuery(organization: string) {
  return queryOptions({
    queryKey: ["organizations", organization, "readers"],
    queryFn: async ({ signal }) =>
      (await call<FeedConsumerPage>("GET", "/api/events/consumers", { organization, signal })).consumers,
    refetchInterval: ({ state }) => (state.error ? false : INTERVAL),
  });
}

export function useReaders(organization: string) {
  return useQuery(readersQuery(organization));
}

/** Forgets a reader's place; done when the list shows it. */
export function useDeleteReader(organization: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      call<undefined>("DELETE", `/api/events/consumers/${encodeURIComponent(name)}`, { organization }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: readersQuery(organization).queryKey }),
  });
}
