import type { Webhook } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { Modal } from "../../../components/modal.tsx";
import { useUpdateWebhook } from "../api/update-webhook.ts";
import { changes, type Draft, draftOf } from "../draft.ts";
import { WebhookForm } from "./webhook-form.tsx";

export function EditWebhookDialog({
  organization,
  webhook,
  onClose,
}: {
  organization: string;
  webhook: Webhook;
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const updateWebhook = useUpdateWebhook(organization, webhook.id);

  function save(draft: Draft) {
    updateWebhook.mutate(changes(draftOf(webhook), draft), {
      onSuccess: () => {
        announce("The endpoint is saved");
        onClose();
      },
    });
  }

  return (
    <Modal title="Edit this endpoint" onClose={onClose} wide>
      <WebhookForm
        organization={organization}
        initial={draftOf(webhook)}
        request={updateWebhook}
        action="Save"
        acting="Saving…"
        onSubmit={save}
        onCancel={onClose}
      />
    </Modal>
  );
}
