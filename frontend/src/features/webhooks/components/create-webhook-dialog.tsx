import type { RevealedWebhook } from "../../../api/contract.ts";
import { Modal } from "../../../components/modal.tsx";
import { useCreateWebhook } from "../api/create-webhook.ts";
import { ALL } from "../events.ts";
import { WebhookForm } from "./webhook-form.tsx";

const BLANK = { url: "", description: null, events: [...ALL], ed25519: false };

export function CreateWebhookDialog({
  organization,
  onCreated,
  onClose,
}: {
  organization: string;
  onCreated: (created: RevealedWebhook) => void;
  onClose: () => void;
}) {
  const createWebhook = useCreateWebhook(organization, onCreated);
  return (
    <Modal title="New endpoint" onClose={onClose} wide>
      <WebhookForm
        initial={BLANK}
        request={createWebhook}
        action="Create endpoint"
        acting="Creating…"
        onSubmit={(draft) => createWebhook.mutate(draft)}
        onCancel={onClose}
      />
    </Modal>
  );
}
