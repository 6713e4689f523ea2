import { infiniteQueryOptions } from "@tanstack/react-query";

import { call } from "../api/client.ts";

const PAGE_SIZE = 50;

/**
 * All there is of `plural` in an organization, a page at a time, newest first.
 *
 * `path` is for a list below something else; of `filter` only what is not empty is sent.
 */
export function pagedList<Page extends { nextCursor: string | null }>(
  organization: string,
  plural: string,
  { path = `/api/${plural}`, filter = {} }: { path?: string; filter?: Record<string, string> } = {},
) {
  return infiniteQueryOptions({
    queryKey: ["organizations", organization, plural, "list", path, filter],
    queryFn: ({ pageParam, signal }) => {
      const given = Object.entries({ ...filter, cursor: pageParam ?? "" }).filter(([, value]) => value !== "");
      const search = new URLSearchParams([["limit", String(PAGE_SIZE)], ...given]);
      return call<Page>("GET", `${path}?${search}`, { organization, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
