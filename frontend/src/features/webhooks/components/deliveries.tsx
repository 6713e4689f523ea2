import { useMemo } from "react";

import type { Delivery, Webhook } from "../../../api/contract.ts";
import { LoadMore, NoRows, Stale } from "../../../components/list.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";
import { Table } from "../../../components/table.tsx";
import { RelativeText } from "../../../components/time-text.tsx";
import { Chip } from "../../../components/tone.tsx";
import { isFiltered, useFilter } from "../../../lib/use-filter.ts";
import { useDeliveries } from "../api/list-deliveries.ts";
import { outcome, STATE } from "../delivery.ts";
import { filterOf, parametersOf } from "../filter.ts";
import { DeliveryFilters } from "./delivery-filters.tsx";

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
  const [filter, setFilter] = useFilter(filterOf);
  // What counts back from now does so from when it was chosen: the rows are looked at often, and stay.
  const parameters = useMemo(() => parametersOf(filter, Date.now()), [filter]);
  const list = useDeliveries(organization, webhook.id, parameters);
  const deliveries = list.data?.pages.flatMap((page) => page.deliveries);
  return (
    <section className="section" aria-labelledby="deliveries-title">
      <header className="section-head">
        <div>
          <h2 id="deliveries-title">Deliveries</h2>
          <p className="quiet">Kept for 30 days, with every try.</p>
        </div>
        {onReplay && (
          <button type="button" className="button" onClick={onReplay}>
            Send again…
          </button>
        )}
      </header>
      <DeliveryFilters filter={filter} onFilter={setFilter} />
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
          <NoRows
            looking={list.isPlaceholderData}
            text={isFiltered(filter) ? "No delivery fits these filters." : "Nothing was sent to this endpoint yet."}
          />
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
