import type { AuditLog } from "../../../api/contract.ts";
import { Table } from "../../../components/table.tsx";
import { MomentText } from "../../../components/time-text.tsx";
import type { Names } from "../api/get-names.ts";
import { actorOf, sentenceOf } from "../sentences.ts";

export function AuditTable({
  rows,
  names,
  onOpen,
}: {
  rows: readonly AuditLog[];
  names: Names;
  onOpen: (row: AuditLog) => void;
}) {
  return (
    <Table className="audit-table" label="Audit log" columns={["What happened", "When", "From"]}>
      {rows.map((row) => (
        <tr key={row.id} role="row">
          <th role="rowheader" scope="row">
            <button type="button" className="row-link" onClick={() => onOpen(row)}>
              <span className="audit-actor">{actorOf(row, names)}</span> {sentenceOf(row, names)}
            </button>
          </th>
          <td role="cell" data-label="When">
            <MomentText at={row.createdAt} />
          </td>
          <td role="cell" data-label="From">
            {row.address ? <code className="break">{row.address}</code> : <span className="quiet">–</span>}
          </td>
        </tr>
      ))}
    </Table>
  );
}
