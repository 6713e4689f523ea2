import { lazy, Suspense, useState } from "react";

import { ListPage, NewButton } from "../../../components/list.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { useDomains } from "../api/list-domains.ts";
import { DomainsTable } from "../components/domains-table.tsx";
import { EmptyDomains } from "../components/empty-domains.tsx";

// Most visits add nothing, and this page is the first that anybody loads.
const AddDomainDialog = lazy(async () => ({
  default: (await import("../components/add-domain-dialog.tsx")).AddDomainDialog,
}));

export function DomainsPage() {
  const { organization } = useCurrentOrganization();
  const list = useDomains(organization.id);
  const [adding, setAdding] = useState(false);
  const domains = list.data.pages.flatMap((page) => page.domains);

  return (
    <>
      <ListPage
        title="Domains"
        list={list}
        isEmpty={domains.length === 0}
        head={domains.length > 0 && <NewButton label="Add domain" onClick={() => setAdding(true)} />}
        empty={<EmptyDomains onAdd={() => setAdding(true)} />}
      >
        <DomainsTable domains={domains} />
      </ListPage>
      <Suspense>
        {adding && <AddDomainDialog organization={organization.id} onClose={() => setAdding(false)} />}
      </Suspense>
    </>
  );
}
