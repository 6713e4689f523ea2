import type { Domain } from "../../../api/contract.ts";
import { ToneIcon } from "../../../components/tone.tsx";
import { situation } from "../status.ts";
import { NextCheck } from "./next-check.tsx";

/** Says who must act now. */
export function SituationBanner({ domain }: { domain: Domain }) {
  const { tone, actor, headline, text } = situation(domain);
  return (
    <section className={`banner tone-${tone}`} aria-label="What happens now">
      <ToneIcon tone={tone} />
      <div className="banner-text">
        <h2>{headline}</h2>
        <p>{text}</p>
      </div>
      <dl className="banner-facts">
        {actor && (
          <div>
            <dt>Who must act</dt>
            <dd>{actor}</dd>
          </div>
        )}
        {domain.nextCheckAt && (
          <div>
            <dt>Next check</dt>
            <dd>
              <NextCheck at={domain.nextCheckAt} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
