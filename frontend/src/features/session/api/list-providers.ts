import { queryOptions } from "@tanstack/react-query";

import { call } from "../../../api/client.ts";
import type { Providers } from "../../../api/contract.ts";

/** By whom people can sign in, beside mail. */
export const providersQuery = queryOptions({
  queryKey: ["sign-in-providers"],
  queryFn: ({ signal }) => call<Providers>("GET", "/api/sign-in/providers", { signal }),
  select: ({ providers }) => providers,
  staleTime: Number.POSITIVE_INFINITY,
});
