import { infiniteQueryOptions } from "@tanstack/react-query";

import { call } from "../api/client.ts";

const PAGE_SIZE = 50;

/** All there is of `plural` in an organization, a page at a time, newest first. */
export function pagedList<Page extends { nextCursor: string | null }>(organization: string, plural: string) {
  return infiniteQueryOptions({
    queryKey: ["organizations", organization, plural, "list"],
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (pageParam !== null) search.set("cursor", pageParam);
      return call<Page>("GET", `/api/${plural}?${search}`, { organization, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
