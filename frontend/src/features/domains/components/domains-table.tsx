import { Link } from "@tanstack/react-router";

import type { Domain } from "../../../api/contract.ts";
import { DateText, RelativeText } from "../../../components/time-text.tsx";
import { useNow } from "../../../lib/use-now.ts";
import { certificateLife } from "../life.ts";
import { LifeBar } from "./life-bar.tsx";
import { NextCheck } from "./next-check.tsx";
import { StatusChip } from "./status-chip.tsx";

// The roles are spelled out because the narrow layout changes `display`, which makes some browsers forget them.
export function DomainsTable({ domains }: { domains: readonly Domain[] }) {
  return (
    <div className="panel">
      <table className="table domains-table" role="table" aria-label="Domains">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Domain</th>
            <th role="columnheader" scope="col">Status</th>
            <th role="columnheader" scope="col">Certificate expires</th>
            <th role="columnheader" scope="col">Next check</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {domains.map((domain) => (
            <DomainRow key={domain.id} domain={domain} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DomainRow({ domain }: { domain: Domain }) {
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <span className="domain-name">
          <Link className="row-link" to="/domains/$domainId" params={{ domainId: domain.id }}>
            {domain.domainName}
          </Link>
          {domain.wildcard && <span className="tag">Wildcard</span>}
        </span>
      </th>
      <td role="cell">
        <StatusChip status={domain.status} />
      </td>
      <td role="cell">
        <Expiry domain={domain} />
      </td>
      <td role="cell" className="next-check">
        {domain.nextCheckAt ? <NextCheck at={domain.nextCheckAt} /> : <span className="quiet">–</span>}
      </td>
    </tr>
  );
}

function Expiry({ domain }: { domain: Domain }) {
  const now = useNow(60_000);
  if (domain.expiresAt === null) return <span className="quiet">No certificate yet</span>;
  return (
    <div className="expiry">
      <span>
        <DateText at={domain.expiresAt} />{" "}
        <span className="quiet">
          <RelativeText at={domain.expiresAt} />
        </span>
      </span>
      <LifeBar life={certificateLife(domain.lastIssuedAt, domain.expiresAt, now)} />
    </div>
  );
}
