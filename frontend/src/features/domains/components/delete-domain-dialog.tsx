import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState, type FormEvent } from "react";

import type { Domain } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { Modal } from "../../../components/modal.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
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
  const [typed, setTyped] = useState("");
  const id = useId();
  const confirmed = typed.trim().toLowerCase() === domain.domainName;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!confirmed) return;
    deleteDomain.mutate(undefined, {
      onSuccess: async () => {
        announce(`${domain.domainName} is deleted`);
        await navigate({ to: "/domains" });
        queryClient.removeQueries({ queryKey: domainQuery(organization, domain.id).queryKey });
      },
    });
  }

  return (
    <Modal title="Delete this domain" onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p>
          <strong className="break">{domain.domainName}</strong> stops being served with our certificate at once, and its
          history goes. Its DNS records stay with the owner, who should remove them.
        </p>
        <div className="field">
          <label htmlFor={id}>
            Type <code className="break">{domain.domainName}</code> to confirm
          </label>
          <input
            id={id}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
          />
        </div>
        {deleteDomain.error && <ProblemNotice error={deleteDomain.error} />}
        <div className="form-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-danger" disabled={!confirmed || deleteDomain.isPending}>
            {deleteDomain.isPending ? "Deleting…" : "Delete domain"}
          </button>
        </div>
      </form>
    </Modal>
  );
}
