import type { Webhook } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { useDeleteWebhook } from "../api/delete-webhook.ts";
import { hostOf } from "../draft.ts";

export function DeleteWebhookDialog({
  organization,
  webhook,
  onDeleted,
  onClose,
}: {
  organization: string;
  webhook: Webhook;
  onDeleted?: () => void;
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const deleteWebhook = useDeleteWebhook(organization, webhook.id);

  function confirm() {
    deleteWebhook.mutate(undefined, {
      onSuccess: () => {
        announce("The endpoint is deleted");
        onClose();
        onDeleted?.();
      },
    });
  }

  return (
    <ConfirmDialog
      title="Delete this endpoint"
      name={hostOf(webhook.url)}
      request={deleteWebhook}
      action="Delete endpoint"
      acting="Deleting…"
      onConfirm={confirm}
      onClose={onClose}
    >
      <strong className="break">{webhook.url}</strong> is told nothing more, and its secret goes. To pause it, turn it
      off instead.
    </ConfirmDialog>
  );
}
