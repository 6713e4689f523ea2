import { useState } from "react";

import type { Delivery, Webhook } from "../../../api/contract.ts";
import { SelectField } from "../../../components/form.tsx";
import { LoadMore, Stale } from "../../../components/list.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";
import { Table } from "../../../components/table.tsx";
import { RelativeText } from "../../../components/time-text.tsx";
import { Chip } from "../../../components/tone.tsx";
import { type DeliveryFilter, useDeliveries } from "../api/list-deliveries.ts";
import { outcome, STATE } from "../delivery.ts";
import { EVENT_TYPES } from "../events.ts";

const NO_FILTER: DeliveryFilter = { state: "", event: "", since: "" };

const STATES = Object.entries(STATE).map(([word, { label }]) => [word, label] as [keyof typeof STATE, string]);
/** How far back to look, in milliseconds. */
const PERIODS = [
  ["", "Any time"],
  ["3600000", "The last hour"],
  ["86400000", "The last day"],
  ["604800000", "The last week"],
] as const;
const EVENTS = EVENT_TYPES.map((event) => [event, event] as const);

/** The delivery log. */
export function Deliveries({
  organization,
  webhook,
  onReplay,
  onOpen,
}: {
  organization: string;
  webhook: Webhook;
  /** `null` for a person who may only look. */
  onReplay: (() => void) | null;
  onOpen: (delivery: Delivery) => void;
}) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [period, setPeriod] = useState<(typeof PERIODS)[number][0]>("");
  const list = useDeliveries(organization, webhook.id, filter);
  const deliveries = list.data?.pages.flatMap((page) => page.deliveries);
  const filtered = Object.values(filter).some(Boolean);
  return (
    <section className="section" aria-labelledby="deliveries-title">
      <header className="section-head">
        <div>
          <h2 id="deliveries-title">Deliveries</h2>
          <p className="quiet">Kept for 30 days, with every try.</p>
        </div>
        <div className="filters">
          <SelectField
            label="State"
            name="state"
            value={filter.state}
            options={[["", "Any state"], ...STATES]}
            onValue={(state) => setFilter({ ...filter, state })}
          />
          <SelectField
            label="Event"
            name="event"
            value={filter.event}
            options={[["", "Any event"], ...EVENTS]}
            onValue={(event) => setFilter({ ...filter, event })}
          />
          <SelectField
            label="When"
            name="since"
            value={period}
            options={PERIODS}
            onValue={(period) => {
              setPeriod(period);
              setFilter({ ...filter, since: period && new Date(Date.now() - Number(period)).toISOString() });
            }}
          />
          {onReplay && (
            <button type="button" className="button" onClick={onReplay}>
              Send again…
            </button>
          )}
        </div>
      </header>
      {deliveries && <Stale error={list.error} />}
      <div className="panel" aria-busy={list.isPlaceholderData}>
        {deliveries === undefined ? (
          list.error ? (
            <ProblemNotice error={list.error} />
          ) : (
            <p className="panel-note">
              <Skeleton width="l" />
            </p>
          )
        ) : deliveries.length === 0 ? (
          <p className="panel-note quiet">
            {filtered ? "No delivery fits these filters." : "Nothing was sent to this endpoint yet."}
          </p>
        ) : (
          <DeliveriesTable deliveries={deliveries} onOpen={onOpen} />
        )}
      </div>
      <LoadMore list={list} />
    </section>
  );
}

function DeliveriesTable({
  deliveries,
  onOpen,
}: {
  deliveries: readonly Delivery[];
  onOpen: (delivery: Delivery) => void;
}) {
  return (
    <Table className="deliveries-table" labelledBy="deliveries-title" columns={["Event", "State", "Last answer", "Tries", "When"]}>
      {deliveries.map((delivery) => (
        <tr key={delivery.id} role="row">
          <th role="rowheader" scope="row">
            <button type="button" className="row-link" onClick={() => onOpen(delivery)}>
              {delivery.eventType}
            </button>
          </th>
          <td role="cell">
            <Chip tone={STATE[delivery.state].tone}>{STATE[delivery.state].label}</Chip>
          </td>
          <td role="cell" data-label="Last answer">
            {delivery.attempts > 0 ? (
              outcome({ status: delivery.lastStatus, errorClass: delivery.lastErrorClass })
            ) : (
              <span className="quiet">–</span>
            )}
          </td>
          <td role="cell" data-label="Tries">
            {delivery.attempts}
          </td>
          <td role="cell" data-label="When">
            <RelativeText at={delivery.createdAt} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
