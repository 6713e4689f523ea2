import type { Webhook } from "../../../api/contract.ts";
import { Facts } from "../../../components/facts.tsx";
import { useDomainNames } from "../api/get-domain-names.ts";
import { isAll } from "../events.ts";

/** What the endpoint is told and how, and what support and the API speak of. */
export function WebhookFacts({ organization, webhook }: { organization: string; webhook: Webhook }) {
  const { domainIds, domainTags, headerNames, maxPerMinute } = webhook;
  const { data: names } = useDomainNames(organization, domainIds.length > 0);
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
      <div>
        <dt>Body</dt>
        <dd>{webhook.payload === "thin" ? "Ids, type, time and number" : "All of the event"}</dd>
      </div>
      <div>
        <dt>Requests a minute</dt>
        <dd>{maxPerMinute === null ? "No bound" : `${maxPerMinute.toLocaleString("en")} at most`}</dd>
      </div>
      <div>
        <dt>Signed by</dt>
        <dd>{webhook.publicKey ? "The secret and a key pair" : "The secret"}</dd>
      </div>
      {domainIds.length > 0 && (
        <div className="fact-wide">
          <dt>{domainTags.length > 0 ? "Of these domains, and those tagged" : "Only of these domains"}</dt>
          <dd>
            <Tags words={domainIds.map((id) => names?.get(id) ?? id)} />
          </dd>
        </div>
      )}
      {domainTags.length > 0 && (
        <div>
          <dt>{domainIds.length > 0 ? "Tags" : "Only of domains tagged"}</dt>
          <dd>
            <Tags words={domainTags} />
          </dd>
        </div>
      )}
      {headerNames.length > 0 && (
        <div>
          <dt>Further headers</dt>
          <dd>
            <Tags words={headerNames} />
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
