import type { RevealedWebhook } from "../../../api/contract.ts";
import { Secret, SecretDialog } from "../../../components/secret-dialog.tsx";

/** Both forms of an endpoint's secret, this once. */
export function WebhookSecretDialog({
  title,
  webhook,
  onDismiss,
}: {
  title: string;
  webhook: RevealedWebhook;
  onDismiss: () => void;
}) {
  return (
    <SecretDialog
      title={title}
      warning={
        <>
          <strong>Copy it now.</strong> It is shown only this once. Your receiver needs it, in one of its two forms, to
          know that a request is ours.
        </>
      }
      onDismiss={onDismiss}
    >
      <Secret label="For a Standard Webhooks library" what="signing secret" value={webhook.signingSecret}>
        The better choice: it checks <code>webhook-signature</code>, and that nobody sends a recorded request again.
      </Secret>
      <Secret label="For a few lines of your own" what="plain secret" value={webhook.secret}>
        As text it is the key of HMAC-SHA256 over the raw body; <code>X-DCVaaS-Signature</code> is the result in
        hexadecimal.
      </Secret>
    </SecretDialog>
  );
}
