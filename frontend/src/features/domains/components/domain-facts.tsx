import type { Domain } from "../../../api/contract.ts";
import { Facts } from "../../../components/facts.tsx";

/** What support and the API speak of. */
export function DomainFacts({ domain }: { domain: Domain }) {
  return (
    <Facts of={domain} what="Domain">
      <div>
        <dt>Cloudflare hostname</dt>
        <dd>{domain.cfStatus ? <code>{domain.cfStatus}</code> : "–"}</dd>
      </div>
      <div>
        <dt>Cloudflare certificate</dt>
        <dd>{domain.cfSslStatus ? <code>{domain.cfSslStatus}</code> : "–"}</dd>
      </div>
    </Facts>
  );
}
