import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useAnnounce } from "../../../components/announcer.tsx";
import { Form, TextField } from "../../../components/form.tsx";
import { Modal } from "../../../components/modal.tsx";
import { useCurrentOrganization } from "../../../lib/organization.tsx";
import { useCreateOrganization } from "../api/create-organization.ts";

/** Makes another organization, and shows it. */
export default function CreateOrganizationDialog({ onClose }: { onClose: () => void }) {
  const { choose, refresh } = useCurrentOrganization();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const create = useCreateOrganization();
  const [name, setName] = useState("");

  function submit() {
    create.mutate(name.trim(), {
      onSuccess: async ({ id }) => {
        await refresh();
        choose(id);
        announce(`${name.trim()} is made, and you are in it`);
        onClose();
        await navigate({ to: "/domains" });
      },
    });
  }

  return (
    <Modal title="New organization" onClose={onClose}>
      <Form
        request={create}
        fields={["name"]}
        action="Make it"
        acting="Making it…"
        ready={name.trim() !== ""}
        onSubmit={submit}
        onCancel={onClose}
      >
        <TextField
          label="Name"
          name="name"
          value={name}
          onValue={setName}
          placeholder="Acme"
          help="It starts on the plan free, and you own it. Nothing is shared with your other organizations."
        />
      </Form>
    </Modal>
  );
}
