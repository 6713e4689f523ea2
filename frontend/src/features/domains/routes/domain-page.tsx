import "../../../styles/domain.css";

import { useEffect, useRef, useState } from "react";

import type { Domain } from "../../../api/contract.ts";
import { ApiProblem } from "../../../api/problem.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { Stale } from "../../../components/list.tsx";
import { Breadcrumb } from "../../../components/page.tsx";
import { DOMAIN_STATUS } from "../../../lib/domain-status.ts";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { useDomain } from "../api/get-domain.ts";
import { Certificates } from "../components/certificates.tsx";
import { CheckNow } from "../components/check-now.tsx";
import { DeleteDomainDialog } from "../components/delete-domain-dialog.tsx";
import { DomainFacts } from "../components/domain-facts.tsx";
import { RecordsTable } from "../components/records-table.tsx";
import { SituationBanner } from "../components/situation-banner.tsx";
import { StatusChip } from "../components/status-chip.tsx";

export function DomainPage({ domainId }: { domainId: string }) {
  const { organization } = useCurrentOrganization();
  const { data: domain, error } = useDomain(organization.id, domainId);
  const [deleting, setDeleting] = useState(false);
  useStatusAnnouncement(domain);

  // Somebody else has deleted it: what is on the page is no longer true.
  if (error instanceof ApiProblem && error.code === "not_found") throw error;

  return (
    <>
      <title>{`${domain.domainName} – DCVaaS`}</title>
      <Breadcrumb parent="Domains" />
      <header className="page-head">
        <div className="page-title">
          <h1 className="break">{domain.domainName}</h1>
          <StatusChip status={domain.status} />
        </div>
        <CheckNow organization={organization.id} domainId={domainId} />
      </header>
      <Stale error={error} />
      <SituationBanner domain={domain} />
      <VerificationErrors errors={domain.cfVerificationErrors} />
      <RecordsTable domain={domain} />
      <Certificates domain={domain} />
      <DomainFacts domain={domain} />
      <section className="section danger" aria-labelledby="danger-title">
        <div>
          <h2 id="danger-title">Delete this domain</h2>
          <p className="quiet">Its certificate is removed, and it no longer counts towards your plan.</p>
        </div>
        <button type="button" className="button button-danger-quiet" onClick={() => setDeleting(true)}>
          Delete domain…
        </button>
      </section>
      {deleting && (
        <DeleteDomainDialog organization={organization.id} domain={domain} onClose={() => setDeleting(false)} />
      )}
    </>
  );
}

function VerificationErrors({ errors }: { errors: readonly string[] }) {
  if (errors.length === 0) return null;
  return (
    <section className="section" aria-labelledby="verification-title">
      <header className="section-head">
        <h2 id="verification-title">What Cloudflare reports</h2>
      </header>
      <ul className="panel reports">
        {errors.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </section>
  );
}

/** The page changes without a reload; those who cannot see it hear it. */
function useStatusAnnouncement({ domainName, status }: Domain) {
  const announce = useAnnounce();
  const last = useRef(status);
  useEffect(() => {
    if (last.current === status) return;
    last.current = status;
    announce(`${domainName}: ${DOMAIN_STATUS[status]}`);
  }, [announce, domainName, status]);
}
