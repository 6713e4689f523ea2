import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

import type { AuditPage } from "../../../api/contract.ts";
import { pagedList } from "../../../lib/paged-list.ts";
import { type AuditFilter, parametersOf } from "../filter.ts";

/** What was done in an organization, newest first, a page at a time. */
function auditListQuery(organization: string, filter: AuditFilter) {
  return infiniteQueryOptions({
    ...pagedList<AuditPage>(organization, "audit-logs", { filter: parametersOf(filter) }),
    // Another filter changes the rows, not the page around them.
    placeholderData: keepPreviousData,
    // Without a row to show, the plan or the role decides about the whole page.
    throwOnError: (_, { state }) => state.data === undefined,
  });
}

export function useAuditLogs(organization: string, filter: AuditFilter) {
  return useInfiniteQuery(auditListQuery(organization, filter));
}
