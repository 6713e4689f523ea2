import type { Token } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { useRevokeToken } from "../api/revoke-token.ts";

export function RevokeTokenDialog({
  organization,
  token,
  onClose,
}: {
  organization: string;
  token: Token;
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const revokeToken = useRevokeToken(organization, token.id);

  function confirm() {
    revokeToken.mutate(undefined, {
      onSuccess: () => {
        announce(`${token.name} is revoked`);
        onClose();
      },
    });
  }

  return (
    <ConfirmDialog
      title="Revoke this token"
      request={revokeToken}
      action="Revoke token"
      acting="Revoking…"
      onConfirm={confirm}
      onClose={onClose}
    >
      Whatever uses <strong className="break">{token.name}</strong> (<code>{`${token.prefix}…${token.lastFour}`}</code>)
      is refused from its next request on. This cannot be undone.
    </ConfirmDialog>
  );
}
