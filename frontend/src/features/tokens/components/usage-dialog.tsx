import type { Token, UsageDay } from "../../../api/contract.ts";
import { Modal } from "../../../components/modal.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";
import { Table } from "../../../components/table.tsx";
import { DateText } from "../../../components/time-text.tsx";
import { useUsage } from "../api/get-usage.ts";

/** What a token was used for, day by day. */
export function UsageDialog({
  organization,
  token,
  onClose,
}: {
  organization: string;
  token: Token;
  onClose: () => void;
}) {
  const { data: usage, error } = useUsage(organization, token.id);
  return (
    <Modal title={`Use of ${token.name}`} focus=".icon-button" onClose={onClose} wide>
      <div className="form">
        <p className="quiet">Requests by day (UTC), refused ones included. Kept for 90 days, and up to a minute behind.</p>
        {error && <ProblemNotice error={error} />}
        {usage === undefined && !error && <Skeleton width="l" />}
        {usage?.length === 0 && <p>It was not used in the last 90 days.</p>}
        {usage && usage.length > 0 && <Days usage={usage} />}
      </div>
    </Modal>
  );
}

function Days({ usage }: { usage: readonly UsageDay[] }) {
  return (
    <div className="panel">
      <Table className="usage-table" label="Use" columns={["Day", "Requests", "Routes"]}>
        {usage.map(({ day, requests, routes }) => (
          <tr key={day} role="row">
            <th role="rowheader" scope="row">
              <DateText at={day} />
            </th>
            <td role="cell" data-label="Requests">
              {requests.toLocaleString("en")}
            </td>
            <td role="cell" data-label="Routes">
              <ul className="tags">
                {routes.map(({ route, requests }) => (
                  <li key={route} className="tag">{`${route} ${requests.toLocaleString("en")}`}</li>
                ))}
              </ul>
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
