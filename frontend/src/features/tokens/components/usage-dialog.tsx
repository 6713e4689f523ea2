import type { Token, TokenUsage, UsageDay } from "../../../api/contract.ts";
import { Modal } from "../../../components/modal.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";
import { Table } from "../../../components/table.tsx";
import { DateText, RelativeText } from "../../../components/time-text.tsx";
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
  const { data, error } = useUsage(organization, token.id);
  return (
    <Modal title={`Use of ${token.name}`} focus=".icon-button" onClose={onClose} wide>
      <div className="form">
        <p className="quiet">Requests by day (UTC). Kept for 90 days, and up to a minute behind.</p>
        {error && <ProblemNotice error={error} />}
        {data === undefined && !error && <Skeleton width="l" />}
        {data?.usage.length === 0 && <p>It was not used in the last 90 days.</p>}
        {data && data.usage.length > 0 && <Days usage={data.usage} />}
        {data && data.addresses.length > 0 && <Addresses addresses={data.addresses} />}
      </div>
    </Modal>
  );
}

function Days({ usage }: { usage: readonly UsageDay[] }) {
  return (
    <div className="panel">
      <Table className="usage-table" label="Use" columns={["Day", "Requests", "Refused or failed", "Routes"]}>
        {usage.map(({ day, requests, errors, routes }) => (
          <tr key={day} role="row">
            <th role="rowheader" scope="row">
              <DateText at={day} />
            </th>
            <td role="cell" data-label="Requests">
              {requests.toLocaleString("en")}
            </td>
            <td role="cell" data-label="Refused or failed" className={errors > 0 ? "ending" : undefined}>
              {errors.toLocaleString("en")}
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

function Addresses({ addresses }: { addresses: TokenUsage["addresses"] }) {
  return (
    <div className="panel">
      <Table className="addresses-table" label="Addresses" columns={["From", "Last seen"]}>
        {addresses.map(({ address, lastSeenAt }) => (
          <tr key={address} role="row">
            <th role="rowheader" scope="row">
              <code className="break">{address}</code>
            </th>
            <td role="cell" data-label="Last seen">
              <RelativeText at={lastSeenAt} />
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
