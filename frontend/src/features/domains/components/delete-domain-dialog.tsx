import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import type { Domain } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { useDeleteDomain } from "../api/delete-domain.ts";
import { domainQuery } from "../api/get-domain.ts";

export function DeleteDomainDialog({
  organization,
  domain,
  onClose,
}: {
  organization: string;
  domain: Domain;
  onClose: () => void;
}) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const announce = useAnnounce();
  const deleteDomain = useDeleteDomain(organization, domain.id);

  function confirm() {
    deleteDomain.mutate(undefined, {
      onSuccess: async () => {
        announce(`${domain.domainName} is deleted`);
        await navigate({ to: "/domains" });
        queryClient.removeQueries({ queryKey: domainQuery(organization, domain.id).queryKey });
      },
    });
  }

  return (
    <ConfirmDialog
      title="Delete this domain"
      name={domain.domainName}
      request={deleteDomain}
      action="Delete domain"
      acting="Deleting…"
      onConfirm={confirm}
      onClose={onClose}
    >
      <strong className="break">{domain.domainName}</strong> stops being served with our certificate at once, and its
      history goes. Its DNS records stay with the owner, who should remove them.
    </ConfirmDialog>
  );
}
