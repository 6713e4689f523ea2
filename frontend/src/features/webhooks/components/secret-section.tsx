import { useState } from "react";

import type { RevealedWebhook, Webhook } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { MomentText } from "../../../components/time-text.tsx";
import { useNow } from "../../../lib/use-now.ts";
import { useDropPreviousSecret } from "../api/rotate-secret.ts";
import { RotateDialog } from "./rotate-dialog.tsx";
import { VerifyDialog } from "./verify-dialog.tsx";
import { WebhookSecretDialog } from "./webhook-secret-dialog.tsx";

/** The secret: never shown, but changed here. */
export function SecretSection({
  organization,
  webhook,
  readOnly,
}: {
  organization: string;
  webhook: Webhook;
  readOnly: boolean;
}) {
  const announce = useAnnounce();
  const [verifying, setVerifying] = useState(false);
  const [rotating, setRotating] = useState(false);
  const [rotated, setRotated] = useState<RevealedWebhook | null>(null);
  const drop = useDropPreviousSecret(organization, webhook.id);
  const until = webhook.previousSecretUntil;
  const now = useNow(1_000);
  const underWay = until !== null && Date.parse(until) > now;

  return (
    <section className="section" aria-labelledby="secret-title">
      <header className="section-head">
        <div>
          <h2 id="secret-title">Secret</h2>
          <p className="quiet">
            {underWay ? (
              <>
                Two secrets sign until <MomentText at={until} />: the new one and the one before it.
              </>
            ) : (
              "It was shown when it was made. If it is lost or has leaked, make a new one."
            )}
          </p>
        </div>
        <div className="section-actions">
          <button type="button" className="button" onClick={() => setVerifying(true)}>
            How to verify…
          </button>
          {!readOnly && underWay && (
            <button
              type="button"
              className="button"
              disabled={drop.isPending}
              onClick={() => drop.mutate(undefined, { onSuccess: () => announce("Only the new secret signs now") })}
            >
              {drop.isPending ? "Dropping…" : "Drop the old one now"}
            </button>
          )}
          {!readOnly && (
            <button type="button" className="button" onClick={() => setRotating(true)}>
              Change the secret…
            </button>
          )}
        </div>
      </header>
      {webhook.publicKey && (
        <div className="panel panel-note">
          <p className="quiet">Its public key verifies the signatures that begin with v1a:</p>
          <p className="copy-field">
            <code>{webhook.publicKey}</code>
            <CopyButton value={webhook.publicKey} what="public key" />
          </p>
        </div>
      )}
      {drop.error && <ProblemNotice error={drop.error} />}
      {verifying && <VerifyDialog onClose={() => setVerifying(false)} />}
      {rotating && (
        <RotateDialog
          organization={organization}
          webhook={webhook}
          underWay={underWay}
          onRotated={(webhook) => {
            setRotating(false);
            setRotated(webhook);
          }}
          onClose={() => setRotating(false)}
        />
      )}
      {rotated && (
        <WebhookSecretDialog title="The new secret" webhook={rotated} onDismiss={() => setRotated(null)} />
      )}
    </section>
  );
}
