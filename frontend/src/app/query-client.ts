import { QueryCache, QueryClient } from "@tanstack/react-query";

import { ApiProblem } from "../api/problem.ts";

/** `onSignedOut` is called when a read shows that the session has ended. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiProblem && error.code === "unauthorized") onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        // What was refused will be refused a second later.
        retry: (failures, error) => failures < 1 && !(error instanceof ApiProblem && error.isFinal),
      },
    },
  });
}
