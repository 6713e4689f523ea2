import { useAnnounce } from "../../../components/announcer.tsx";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { useRevokeTokens } from "../../../lib/revoke-tokens.ts";

/** After an incident: no token of the organization works any more. */
export function RevokeAllDialog({
  organization,
  onClose,
}: {
  organization: { id: string; name: string };
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const revoke = useRevokeTokens(organization.id);

  function confirm() {
    revoke.mutate(
      { all: true },
      {
        onSuccess: (revoked) => {
          announce(revoked === 1 ? "1 token is revoked" : `${revoked} tokens are revoked`);
          onClose();
        },
      },
    );
  }

  return (
    <ConfirmDialog
      title="Revoke all API tokens"
      name={organization.name}
      request={revoke}
      action="Revoke all"
      acting="Revoking…"
      onConfirm={confirm}
      onClose={onClose}
    >
      Every program that uses a token of <strong className="break">{organization.name}</strong> is refused from its next
      request on. This is for after an incident, and cannot be undone.
    </ConfirmDialog>
  );
}
