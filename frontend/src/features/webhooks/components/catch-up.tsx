import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { MomentText } from "../../../components/time-text.tsx";
import { ToneIcon } from "../../../components/tone.tsx";
import { noteMissed, useMissed } from "../api/catch-up.ts";
import { type Kind, type Missed, saidOf, without } from "../catch-up.ts";
import { hostOf } from "../draft.ts";
import { ReplayDialog } from "./replay-dialog.tsx";

/** Offers to send what endpoints missed that were turned on again: all of them, or the one with the id. */
export function CatchUp({ organization, id }: { organization: string; id?: string }) {
  const all = useMissed(organization);
  return (
    <div role="status">
      {all
        .filter((missed) => id === undefined || missed.id === id)
        .map((missed) => (
          <Offer key={missed.id} organization={organization} missed={missed} />
        ))}
    </div>
  );
}

const OFFERS = [
  ["failed", "Send what was given up…"],
  ["missing", "Send what it missed…"],
] as const;

function Offer({ organization, missed }: { organization: string; missed: Missed }) {
  const queryClient = useQueryClient();
  const [replaying, setReplaying] = useState<Kind | null>(null);
  const { id, url, since } = missed;
  const note = (left: Missed | null) => noteMissed(queryClient, organization, id, left);
  return (
    <section className="banner tone-waiting catch-up" aria-label="What it missed">
      <ToneIcon tone="waiting" />
      <div className="banner-text">
        <h2>{`${hostOf(url)} is on again`}</h2>
        <p>
          {saidOf(missed)} since <MomentText at={since} />.
        </p>
      </div>
      <div className="section-actions">
        <button type="button" className="button button-plain" onClick={() => note(null)}>
          Not now
        </button>
        {OFFERS.map(
          ([kind, label]) =>
            missed[kind] > 0 && (
              <button
                key={kind}
                type="button"
                className={kind === "failed" && missed.missing > 0 ? "button" : "button button-primary"}
                onClick={() => setReplaying(kind)}
              >
                {label}
              </button>
            ),
        )}
      </div>
      {replaying && (
        <ReplayDialog
          organization={organization}
          webhookId={id}
          title="Send what it missed?"
          what={replaying}
          since={since}
          onSent={(sent) => note(without(missed, sent))}
          onClose={() => setReplaying(null)}
        />
      )}
    </section>
  );
}
