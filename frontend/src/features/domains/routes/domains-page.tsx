import { useState } from "react";

import { PlusIcon } from "../../../components/icons.tsx";
import { explain } from "../../../components/problem-notice.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { useDomains } from "../api/list-domains.ts";
import { AddDomainDialog } from "../components/add-domain-dialog.tsx";
import { DomainsTable } from "../components/domains-table.tsx";
import { EmptyDomains } from "../components/empty-domains.tsx";

export function DomainsPage() {
  const { organization } = useCurrentOrganization();
  const list = useDomains(organization.id);
  const [adding, setAdding] = useState(false);
  const domains = list.data.pages.flatMap((page) => page.domains);

  return (
    <>
      <title>Domains – DCVaaS</title>
      <header className="page-head">
        <h1>Domains</h1>
        {domains.length > 0 && (
          <button type="button" className="button button-primary" onClick={() => setAdding(true)}>
            <PlusIcon />
            Add domain
          </button>
        )}
      </header>
      {list.error && <p className="stale" role="status">Not up to date. {explain(list.error)}</p>}
      {domains.length === 0 ? <EmptyDomains onAdd={() => setAdding(true)} /> : <DomainsTable domains={domains} />}
      {list.hasNextPage && (
        <p className="load-more">
          <button
            type="button"
            className="button"
            disabled={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {list.isFetchingNextPage ? "Loading…" : "Load more"}
          </button>
        </p>
      )}
      {adding && <AddDomainDialog organization={organization.id} onClose={() => setAdding(false)} />}
    </>
  );
}

export function DomainsPageSkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading the domains">
      <header className="page-head">
        <h1>Domains</h1>
      </header>
      <div className="panel skeleton-rows">
        {[0, 1, 2, 3].map((row) => (
          <p key={row} className="skeleton-row">
            <Skeleton width="l" />
            <Skeleton width="s" />
            <Skeleton width="m" />
          </p>
        ))}
      </div>
    </div>
  );
}
