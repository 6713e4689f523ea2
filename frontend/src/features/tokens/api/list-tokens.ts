import { useSuspenseInfiniteQuery } from "@tanstack/react-query";

import type { TokenPage } from "../../../api/contract.ts";
import { pagedList } from "../../../lib/paged-list.ts";

/** Every API token of an organization without its text, a page at a time. */
export function tokenListQuery(organization: string) {
  return pagedList<TokenPage>(organization, "tokens");
}

export function useTokens(organization: string) {
  return useSuspenseInfiniteQuery(tokenListQuery(organization));
}
