import type { Webhook } from "../../../api/contract.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { DateText } from "../../../components/time-text.tsx";
import { isAll } from "../events.ts";

/** What the endpoint is told, and what support and the API speak of. */
export function WebhookFacts({ webhook }: { webhook: Webhook }) {
  const chosen = [...webhook.domainIds, ...webhook.domainTags];
  return (
    <section className="section" aria-labelledby="facts-title">
      <header className="section-head">
        <h2 id="facts-title">Details</h2>
      </header>
      <dl className="panel facts">
        <div>
          <dt>Endpoint id</dt>
          <dd className="copy-field">
            <code>{webhook.id}</code>
            <CopyButton value={webhook.id} what="endpoint id" />
          </dd>
        </div>
        <div>
          <dt>Added</dt>
          <dd>
            <DateText at={webhook.createdAt} />
          </dd>
        </div>
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
      </dl>
    </section>
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
