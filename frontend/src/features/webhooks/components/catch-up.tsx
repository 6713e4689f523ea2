import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { MomentText } from "../../../components/time-text.tsx";
import { ToneIcon } from "../../../components/tone.tsx";
import { forgetMissed, useMissed } from "../api/catch-up.ts";
import { useReplayCount } from "../api/replay-events.ts";
import type { Missed } from "../catch-up.ts";
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

function Offer({ organization, missed }: { organization: string; missed: Missed }) {
  const queryClient = useQueryClient();
  const [replaying, setReplaying] = useState(false);
  const { id, url, since } = missed;
  const { data: count } = useReplayCount(organization, id, { what: "missing", since });
  const forget = () => forgetMissed(queryClient, organization, id);
  if (!count) return null;
  return (
    <section className="banner tone-waiting catch-up" aria-label="What it missed">
      <ToneIcon tone="waiting" />
      <div className="banner-text">
        <h2>{`${hostOf(url)} is on again`}</h2>
        <p>
          {count === 1 ? "1 event was" : `${count.toLocaleString("en")} events were`} not sent to it since{" "}
          <MomentText at={since} />.
        </p>
      </div>
      <div className="section-actions">
        <button type="button" className="button button-plain" onClick={forget}>
          Not now
        </button>
        <button type="button" className="button button-primary" onClick={() => setReplaying(true)}>
          Send what it missed…
        </button>
      </div>
      {replaying && (
        <ReplayDialog
          organization={organization}
          webhookId={id}
          title="Send what it missed?"
          what="missing"
          since={since}
          onSent={forget}
          onClose={() => setReplaying(false)}
        />
      )}
    </section>
  );
}
