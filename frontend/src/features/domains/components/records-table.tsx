import { Fragment } from "react";

import type { DnsRecord, Domain } from "../../../api/contract.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Table } from "../../../components/table.tsx";
import { Chip } from "../../../components/tone.tsx";
import { instructions } from "../instructions.ts";
import { needsAlias, providerName, PURPOSE, SEEN } from "../status.ts";

/** Every record that the owner must place, ready to be copied. */
export function RecordsTable({ domain }: { domain: Domain }) {
  return (
    <section className="section" aria-labelledby="records-title">
      <header className="section-head">
        <div>
          <h2 id="records-title">DNS records</h2>
          <p className="quiet">For whoever holds the DNS of this domain. They stay the same for good.</p>
        </div>
        {domain.dnsRecords.length > 0 && (
          <CopyButton value={instructions(domain)} what="all records as text" label="Copy all as text" />
        )}
      </header>
      <div className="panel">
        {domain.dnsRecords.length === 0 ? (
          <p className="panel-note quiet">The records are being prepared. They show here in a moment.</p>
        ) : (
          <Table className="records-table" labelledBy="records-title" columns={["Record", "Type", "Name", "Value"]}>
            {domain.dnsRecords.map((record) => (
              <RecordRow key={`${record.purpose} ${record.type} ${record.name}`} record={record} />
            ))}
          </Table>
        )}
      </div>
    </section>
  );
}

function RecordRow({ record }: { record: DnsRecord }) {
  const { label, why } = PURPOSE[record.purpose];
  const seen = SEEN[record.seen];
  const short = providerName(record);
  const what = `of the ${label.toLowerCase()} record`;
  return (
    <tr role="row" data-purpose={record.purpose}>
      <th role="rowheader" scope="row" className="record-purpose">
        <span className="record-label">
          {label}
          {!record.required && <span className="tag">Optional</span>}
        </span>
        <span className="record-why">{why}</span>
        {(record.required || record.seen !== "unknown") && <Chip tone={seen.tone}>{seen.label}</Chip>}
      </th>
      <td role="cell" data-label="Type">
        <code>{record.type}</code>
      </td>
      <td role="cell" data-label="Name">
        <CopyField value={record.name} what={`name ${what}`} />
        {short && (
          <div className="record-short">
            <span>Many providers want only</span>
            <CopyField value={short} what={`short name ${what}`} />
          </div>
        )}
        {needsAlias(record) && (
          <p className="record-short">At the top of a zone your provider may call this ALIAS, ANAME or flattening.</p>
        )}
      </td>
      <td role="cell" data-label="Value">
        <CopyField value={record.value} what={`value ${what}`} />
      </td>
    </tr>
  );
}

function CopyField({ value, what }: { value: string; what: string }) {
  return (
    <span className="copy-field">
      <code>
        {value.split(/(?<=\.)/).map((label, index) => (
          // Long names break after a dot where they can; the text itself stays as it is.
          <Fragment key={index}>
            {label}
            <wbr />
          </Fragment>
        ))}
      </code>
      <CopyButton value={value} what={what} />
    </span>
  );
}
