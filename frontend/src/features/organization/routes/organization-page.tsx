import "../../../styles/organization.css";

import { useState } from "react";

import { Facts } from "../../../components/facts.tsx";
import { Stale } from "../../../components/list.tsx";
import { PageHead } from "../../../components/page.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { ROLE_NAME } from "../../../lib/roles.ts";
import { useOrganization } from "../api/get-organization.ts";
import { BrandSection } from "../components/brand-section.tsx";
import CreateOrganizationDialog from "../components/create-organization-dialog.tsx";
import { DeleteOrganizationDialog } from "../components/delete-organization-dialog.tsx";
import { NameSection } from "../components/name-section.tsx";
import { PlanSection } from "../components/plan-section.tsx";

export function OrganizationPage() {
  const { organization: current } = useCurrentOrganization();
  const { data: organization, error } = useOrganization(current.id);
  const [dialog, setDialog] = useState<"create" | "delete" | null>(null);
  const isOwner = current.role === "owner";
  return (
    <>
      <PageHead title="Organization">
        {!isOwner && <p className="quiet">Only an owner can change it.</p>}
      </PageHead>
      <Stale error={error} />
      {/* Another organization is another form. */}
      {isOwner && <NameSection key={`name ${organization.id}`} organization={organization} />}
      {isOwner && <BrandSection key={`brand ${organization.id}`} organization={organization} />}
      <PlanSection organization={organization} />
      <Facts of={organization} what="Organization">
        <div>
          <dt>Name</dt>
          <dd className="break">{organization.name}</dd>
        </div>
        <div>
          <dt>Your role</dt>
          <dd>{ROLE_NAME[current.role]}</dd>
        </div>
      </Facts>
      <section className="section danger" aria-labelledby="another-title">
        <div>
          <h2 id="another-title">Another organization</h2>
          <p className="quiet">With its own domains, members, plan and audit log. You switch at the top of the page.</p>
        </div>
        <button type="button" className="button" onClick={() => setDialog("create")}>
          New organization…
        </button>
      </section>
      {isOwner && (
        <section className="section danger" aria-labelledby="danger-title">
          <div>
            <h2 id="danger-title">Delete this organization</h2>
            <p className="quiet">With everything in it. This cannot be undone.</p>
          </div>
          <button type="button" className="button button-danger-quiet" onClick={() => setDialog("delete")}>
            Delete organization…
          </button>
        </section>
      )}
      {dialog === "create" && <CreateOrganizationDialog onClose={() => setDialog(null)} />}
      {dialog === "delete" && <DeleteOrganizationDialog organization={organization} onClose={() => setDialog(null)} />}
    </>
  );
}
