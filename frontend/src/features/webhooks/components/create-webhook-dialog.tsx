import type { RevealedWebhook } from "../../../api/contract.ts";
import { Modal } from "../../../components/modal.tsx";
import { useCreateWebhook } from "../api/create-webhook.ts";
import { BLANK } from "../draft.ts";
import { WebhookForm } from "./webhook-form.tsx";

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
        organization={organization}
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
