import type { Webhook } from "../../../api/contract.ts";
import { Facts } from "../../../components/facts.tsx";
import { isAll } from "../events.ts";

/** What the endpoint is told, and what support and the API speak of. */
export function WebhookFacts({ webhook }: { webhook: Webhook }) {
  const chosen = [...webhook.domainIds, ...webhook.domainTags];
  return (
    <Facts of={webhook} what="Endpoint">
      <div>
        <dt>Payload version</dt>
        <dd>{webhook.apiVersion}</dd>
      </div>
      <div>
        <dt>Order</dt>
        <dd>{webhook.ordering === "fifo" ? "One after the other" : "As soon as possible"}</dd>
      </div>
      <div>
        <dt>Events</dt>
        <dd>
          <Tags words={isAll(webhook.events) ? ["All events"] : webhook.events} />
        </dd>
      </div>
      {chosen.length > 0 && (
        <div>
          <dt>Only of these domains</dt>
          <dd>
            <Tags words={chosen} />
          </dd>
        </div>
      )}
      {webhook.headerNames.length > 0 && (
        <div>
          <dt>Further headers</dt>
          <dd>
            <Tags words={webhook.headerNames} />
          </dd>
        </div>
      )}
    </Facts>
  );
}

function Tags({ words }: { words: readonly string[] }) {
  return (
    <ul className="tags">
      {words.map((word) => (
        <li key={word} className="tag">
          {word}
        </li>
      ))}
    </ul>
  );
}
