import "../../../styles/audit.css";

import { useState } from "react";

import type { AuditLog } from "../../../api/contract.ts";
import { ListSkeleton, LoadMore, NoRows, Stale } from "../../../components/list.tsx";
import { PageHead } from "../../../components/page.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { keptFor } from "../../../lib/plan.ts";
import { isFiltered, useFilter } from "../../../lib/use-filter.ts";
import { useNames } from "../api/get-names.ts";
import { useAuditLogs } from "../api/list-audit-logs.ts";
import { AuditDialog } from "../components/audit-dialog.tsx";
import { AuditFilters } from "../components/audit-filters.tsx";
import { AuditTable } from "../components/audit-table.tsx";
import { ExportSection } from "../components/export-section.tsx";
import { type AuditFilter, filterOf, NO_FILTER } from "../filter.ts";
import { namesWith } from "../sentences.ts";

export function AuditPage() {
  const { organization } = useCurrentOrganization();
  const [filter, setFilter] = useFilter(filterOf);
  const [opened, setOpened] = useState<AuditLog | null>(null);
  const list = useAuditLogs(organization.id, filter);
  const known = useNames(organization.id, list.data !== undefined);
  if (list.data === undefined || known === undefined) return <ListSkeleton title="Audit log" />;

  const rows = list.data.pages.flatMap((page) => page.auditLogs);
  const names = namesWith(known, rows);
  const narrow = (change: Partial<AuditFilter>) => {
    setOpened(null);
    setFilter({ ...NO_FILTER, ...change });
  };

  return (
    <>
      <PageHead title="Audit log">
        <p className="quiet">Every change, kept for {keptFor(organization.plan)}.</p>
      </PageHead>
      <AuditFilters filter={filter} names={known} onFilter={setFilter} />
      <Stale error={list.error} />
      <div className="panel" aria-busy={list.isPlaceholderData}>
        {rows.length === 0 ? (
          <NoRows
            looking={list.isPlaceholderData}
            text={isFiltered(filter) ? "Nothing fits these filters." : "Nothing was done yet."}
          />
        ) : (
          <AuditTable rows={rows} names={names} onOpen={setOpened} />
        )}
      </div>
      <LoadMore list={list} />
      <ExportSection organization={organization.id} />
      {opened && <AuditDialog row={opened} names={names} onFilter={narrow} onClose={() => setOpened(null)} />}
    </>
  );
}
