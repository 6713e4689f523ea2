import { Link } from "@tanstack/react-router";

import type { Webhook } from "../../../api/contract.ts";
import { Table } from "../../../components/table.tsx";
import { Chip } from "../../../components/tone.tsx";
import { isAll } from "../events.ts";
import { EnabledSwitch } from "./enabled-switch.tsx";

export function WebhooksTable({
  organization,
  webhooks,
  readOnly,
  onEdit,
  onDelete,
}: {
  organization: string;
  webhooks: readonly Webhook[];
  /** For a person who may look and not change. */
  readOnly: boolean;
  onEdit: (webhook: Webhook) => void;
  onDelete: (webhook: Webhook) => void;
}) {
  return (
    <div className="panel">
      <Table className="webhooks-table" label="Webhooks" columns={["Endpoint", "Events", "Delivery", ""]}>
        {webhooks.map((webhook) => (
          <tr key={webhook.id} role="row">
            <th role="rowheader" scope="row">
              <Link className="row-name" to="/webhooks/$webhookId" params={{ webhookId: webhook.id }}>
                {webhook.url}
              </Link>
              {webhook.description && <span className="quiet break">{webhook.description}</span>}
            </th>
            <td role="cell" data-label="Events">
              <ul className="tags">
                {(isAll(webhook.events) ? ["All events"] : webhook.events).map((event) => (
                  <li key={event} className="tag">
                    {event}
                  </li>
                ))}
              </ul>
            </td>
            <td role="cell" data-label="Delivery">
              {webhook.failingSince && <Chip tone="bad">Failing</Chip>}
              <EnabledSwitch organization={organization} webhook={webhook} readOnly={readOnly} />
            </td>
            <td role="cell" className="row-actions">
              {!readOnly && (
                <>
                  <button type="button" className="button" aria-label={`Edit ${webhook.url}`} onClick={() => onEdit(webhook)}>
                    Edit…
                  </button>
                  <button
                    type="button"
                    className="button button-danger-quiet"
                    aria-label={`Delete ${webhook.url}`}
                    onClick={() => onDelete(webhook)}
                  >
                    Delete…
                  </button>
                </>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
