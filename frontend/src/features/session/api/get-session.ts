import { queryOptions } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Session } from "../../../api/contract.ts";
import { ApiProblem } from "../../../api/problem.ts";

/** Who is signed in; `null` when nobody is. */
async function getSession(signal: AbortSignal): Promise<Session | null> {
  try {
    return await call<Session>("GET", "/api/session", { signal });
  } catch (error) {
    if (error instanceof ApiProblem && error.code === "unauthorized") return null;
    throw error;
  }
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => getSession(signal),
  // Asked once. That it has ended shows in the answers to everything else.
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});
