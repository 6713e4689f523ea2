import { useState } from "react";

import type { Member, Role } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { Form } from "../../../components/form.tsx";
import { Modal } from "../../../components/modal.tsx";
import { AS_ROLE } from "../../../lib/roles.ts";
import { useUpdateMember } from "../api/update-member.ts";
import { RoleField } from "./role-field.tsx";

export function RoleDialog({
  organization,
  member,
  roles,
  own,
  onChanged,
  onClose,
}: {
  organization: string;
  member: Member;
  /** Those that the person may give. */
  roles: readonly Role[];
  /** Whether the role is the person's own. */
  own: boolean;
  onChanged: () => void;
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const update = useUpdateMember(organization, member.userId);
  const [role, setRole] = useState(member.role);

  function save() {
    update.mutate(
      { role },
      {
        onSuccess: () => {
          announce(`${member.email} is ${AS_ROLE[role]} now`);
          onClose();
          onChanged();
        },
      },
    );
  }

  return (
    <Modal title={own ? "Change your own role" : "Change the role"} focus="input:checked" onClose={onClose}>
      <Form
        request={update}
        fields={["role"]}
        action="Change the role"
        acting="Changing…"
        ready={role !== member.role}
        onSubmit={save}
        onCancel={onClose}
      >
        <p className="break">
          <strong>{member.email}</strong> is {AS_ROLE[member.role]}.
          {own && " You cannot give yourself a role back that you gave away."}
        </p>
        <RoleField role={role} roles={roles} onRole={setRole} />
      </Form>
    </Modal>
  );
}
