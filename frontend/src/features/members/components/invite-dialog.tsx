import { useState } from "react";

import type { Role } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { Form, TextField } from "../../../components/form.tsx";
import { Modal } from "../../../components/modal.tsx";
import { useInviteMember } from "../api/invite-member.ts";
import { RoleField } from "./role-field.tsx";

export function InviteDialog({
  organization,
  roles,
  onClose,
}: {
  organization: { id: string; name: string };
  /** Those that the person may give. */
  roles: readonly Role[];
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const invite = useInviteMember(organization.id);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");

  function send() {
    invite.mutate(
      { email: email.trim(), role },
      {
        onSuccess: () => {
          announce(`${email.trim()} is invited`);
          onClose();
        },
      },
    );
  }

  return (
    <Modal title={`Invite to ${organization.name}`} onClose={onClose}>
      <Form
        request={invite}
        fields={["email", "role"]}
        action="Send the invitation"
        acting="Sending…"
        ready={email.trim() !== ""}
        onSubmit={send}
        onCancel={onClose}
      >
        <TextField
          label="E-mail address"
          name="email"
          inputMode="email"
          value={email}
          onValue={setEmail}
          placeholder="ada@example.com"
          help="A mail with a link goes there. It counts for 7 days, and only for this address."
        />
        <RoleField role={role} roles={roles} onRole={setRole} />
      </Form>
    </Modal>
  );
}
