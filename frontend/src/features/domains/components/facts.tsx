import type { Domain } from "../../../api/contract.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { DateText } from "../../../components/time-text.tsx";

/** What support and the API speak of. */
export function Facts({ domain }: { domain: Domain }) {
  return (
    <section className="section" aria-labelledby="facts-title">
      <header className="section-head">
        <h2 id="facts-title">Details</h2>
      </header>
      <dl className="panel facts">
        <div>
          <dt>Domain id</dt>
          <dd className="copy-field">
            <code>{domain.id}</code>
            <CopyButton value={domain.id} what="domain id" />
          </dd>
        </div>
        <div>
          <dt>Added</dt>
          <dd>
            <DateText at={domain.createdAt} />
          </dd>
        </div>
        <div>
          <dt>Cloudflare hostname</dt>
          <dd>{domain.cfStatus ? <code>{domain.cfStatus}</code> : "–"}</dd>
        </div>
        <div>
          <dt>Cloudflare certificate</dt>
          <dd>{domain.cfSslStatus ? <code>{domain.cfSslStatus}</code> : "–"}</dd>
        </div>
      </dl>
    </section>
  );
}
