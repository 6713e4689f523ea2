import { Link } from "@tanstack/react-router";

import type { Domain } from "../../../api/contract.ts";
import { Table } from "../../../components/table.tsx";
import { DateText, RelativeText } from "../../../components/time-text.tsx";
import { useNow } from "../../../lib/use-now.ts";
import { certificateLife } from "../life.ts";
import { LifeBar } from "./life-bar.tsx";
import { NextCheck } from "./next-check.tsx";
import { StatusChip } from "./status-chip.tsx";

export function DomainsTable({ domains }: { domains: readonly Domain[] }) {
  return (
    <div className="panel">
      <Table className="domains-table" label="Domains" columns={["Domain", "Status", "Certificate expires", "Next check"]}>
        {domains.map((domain) => (
          <DomainRow key={domain.id} domain={domain} />
        ))}
      </Table>
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
