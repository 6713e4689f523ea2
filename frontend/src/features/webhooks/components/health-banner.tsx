import type { Webhook } from "../../../api/contract.ts";
import { ToneIcon } from "../../../components/tone.tsx";
import { RelativeText } from "../../../components/time-text.tsx";
import { health } from "../health.ts";

/** Says whether events arrive, and what follows if not. */
export function HealthBanner({ webhook }: { webhook: Webhook }) {
  const { tone, headline, text } = health(webhook);
  return (
    <section className={`banner tone-${tone}`} aria-label="Health">
      <ToneIcon tone={tone} />
      <div className="banner-text">
        <h2>{headline}</h2>
        <p>{text}</p>
      </div>
      {webhook.lastDeliveryAt && (
        <dl className="banner-facts">
          <div>
            <dt>Last delivery</dt>
            <dd>
              <RelativeText at={webhook.lastDeliveryAt} />
            </dd>
          </div>
        </dl>
      )}
    </section>
  );
}
