import { useNavigate } from "@tanstack/react-router";

import type { OrganizationDetail } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { useDeleteOrganization } from "../api/delete-organization.ts";

export function DeleteOrganizationDialog({
  organization,
  onClose,
}: {
  organization: OrganizationDetail;
  onClose: () => void;
}) {
  const { refresh } = useCurrentOrganization();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const remove = useDeleteOrganization(organization.id);

  function confirm() {
    remove.mutate(organization.name, {
      onSuccess: async () => {
        announce(`${organization.name} is deleted`);
        onClose();
        await refresh();
        await navigate({ to: "/domains" });
      },
    });
  }

  const { domains, apiTokens, webhookEndpoints, members } = organization.use;
  return (
    <ConfirmDialog
      title="Delete this organization"
      name={organization.name}
      request={remove}
      action="Delete organization"
      acting="Deleting…"
      onConfirm={confirm}
      onClose={onClose}
    >
      All of <strong className="break">{organization.name}</strong> goes, at once and for good: {count(domains, "domain")}{" "}
      with the certificates at Cloudflare, {count(apiTokens, "API token")},{" "}
      {count(webhookEndpoints, "webhook endpoint")}, {count(members, "member")}, and the audit log. Export that first if
      you have to keep it.
    </ConfirmDialog>
  );
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number.toLocaleString("en")} ${what}s`;
}
