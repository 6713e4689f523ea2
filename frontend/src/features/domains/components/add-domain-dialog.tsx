import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Form, TextField } from "../../../components/form.tsx";
import { Modal } from "../../../components/modal.tsx";
import { useAddDomain } from "../api/add-domain.ts";

export function AddDomainDialog({ organization, onClose }: { organization: string; onClose: () => void }) {
  const navigate = useNavigate();
  const addDomain = useAddDomain(organization);
  const [hostname, setHostname] = useState("");

  function submit() {
    addDomain.mutate(hostname.trim(), {
      onSuccess: (domain) => void navigate({ to: "/domains/$domainId", params: { domainId: domain.id } }),
    });
  }

  return (
    <Modal title="Add a domain" onClose={onClose}>
      <Form
        request={addDomain}
        fields={["hostname"]}
        action="Add domain"
        acting="Adding…"
        onSubmit={submit}
        onCancel={onClose}
      >
        <TextField
          label="Hostname"
          name="hostname"
          value={hostname}
          onValue={setHostname}
          placeholder="app.customer.com"
          inputMode="url"
          help={
            <>
              The full name that visitors use, such as <code>app.customer.com</code>, or <code>*.customer.com</code> for
              every name under it.
            </>
          }
        />
      </Form>
    </Modal>
  );
}
