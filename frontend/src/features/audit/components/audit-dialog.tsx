import type { ReactNode } from "react";

import type { AuditLog } from "../../../api/contract.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Modal } from "../../../components/modal.tsx";
import { Table } from "../../../components/table.tsx";
import { MomentText } from "../../../components/time-text.tsx";
import type { Names } from "../api/get-names.ts";
import type { AuditFilter } from "../filter.ts";
import { actorOf, type Change, changesOf, sentenceOf } from "../sentences.ts";

/** One row with all that is known of it. */
export function AuditDialog({
  row,
  names,
  onFilter,
  onClose,
}: {
  row: AuditLog;
  names: Names;
  onFilter: (change: Partial<AuditFilter>) => void;
  onClose: () => void;
}) {
  const changes = changesOf(row.detail);
  return (
    <Modal title="What happened" focus=".icon-button" onClose={onClose} wide>
      <div className="form">
        <p className="break">
          <strong>{actorOf(row, names)}</strong> {sentenceOf(row, names)}
        </p>
        {changes.length > 0 && <Changes changes={changes} />}
        <dl className="audit-facts">
          <Fact name="When">
            <MomentText at={row.createdAt} />
          </Fact>
          <Fact name="From">{row.address ? <code className="break">{row.address}</code> : "No address: it was done by us"}</Fact>
          {row.actorId && <Id name="Done by" value={row.actorId} />}
          <Id name="Done to" value={row.subjectId} />
          {row.requestId && <Id name="Request" value={row.requestId} />}
          <Id name="Row" value={row.id} />
          <Fact name="Number">{row.position.toLocaleString("en")}</Fact>
          {row.hash ? <Id name="Hash" value={row.hash} /> : <Fact name="Hash">Comes within a minute</Fact>}
        </dl>
        <div className="form-actions">
          {row.actorId && (
            <button type="button" className="button" onClick={() => onFilter({ actor: row.actorId ?? "" })}>
              Only by them
            </button>
          )}
          <button type="button" className="button" onClick={() => onFilter({ subject: row.subjectId })}>
            Only about this
          </button>
        </div>
      </div>
    </Modal>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Id({ name, value }: { name: string; value: string }) {
  return (
    <Fact name={name}>
      <span className="copy-field">
        <code>{value}</code>
        <CopyButton value={value} what={name.toLowerCase()} />
      </span>
    </Fact>
  );
}

function Changes({ changes }: { changes: readonly Change[] }) {
  const compared = changes.some(({ before }) => before !== null);
  return (
    <div className="panel">
      <Table className="changes-table" label="Changes" columns={compared ? ["What", "Before", "After"] : ["What", "Value"]}>
        {changes.map(({ name, before, after }) => (
          <tr key={name} role="row" data-changed={before !== null && before !== after ? true : undefined}>
            <th role="rowheader" scope="row">
              {name}
            </th>
            {compared && (
              <td role="cell" className="break" data-label="Before">
                {before ?? "–"}
              </td>
            )}
            <td role="cell" className="break" data-label={compared ? "After" : "Value"}>
              {after}
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
