import { useState } from "react";

import { PlusIcon } from "../../../components/icons.tsx";
import { LoadMore, Stale } from "../../../components/list.tsx";
import { PageHead } from "../../../components/page.tsx";
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
      <PageHead title="Domains">
        {domains.length > 0 && (
          <button type="button" className="button button-primary" onClick={() => setAdding(true)}>
            <PlusIcon />
            Add domain
          </button>
        )}
      </PageHead>
      <Stale error={list.error} />
      {domains.length === 0 ? <EmptyDomains onAdd={() => setAdding(true)} /> : <DomainsTable domains={domains} />}
      <LoadMore list={list} />
      {adding && <AddDomainDialog organization={organization.id} onClose={() => setAdding(false)} />}
    </>
  );
}
