import { useState } from "react";

import type { Token } from "../../../api/contract.ts";
import { Form, SelectField } from "../../../components/form.tsx";
import { Modal } from "../../../components/modal.tsx";
import type { CreatedToken } from "../api/create-token.ts";
import { useRotateToken } from "../api/rotate-token.ts";

/** For how long the old token still works, in seconds. */
const GRACE = [
  ["0", "Not at all: it ends at once"],
  ["3600", "1 hour"],
  ["86400", "1 day"],
  ["259200", "3 days"],
  ["604800", "7 days"],
] as const;

export function RotateTokenDialog({
  organization,
  token,
  onRotated,
  onClose,
}: {
  organization: string;
  token: Token;
  onRotated: (created: CreatedToken) => void;
  onClose: () => void;
}) {
  const rotate = useRotateToken(organization, token.id, onRotated);
  const [grace, setGrace] = useState<(typeof GRACE)[number][0]>("86400");
  return (
    <Modal title="Rotate this token" focus="select" onClose={onClose}>
      <Form
        request={rotate}
        fields={["gracePeriodSeconds"]}
        action="Make a new token"
        acting="Making it…"
        onSubmit={() => rotate.mutate(Number(grace))}
        onCancel={onClose}
      >
        <p>
          A new token takes the place of <strong className="break">{token.name}</strong>, with the same rights, addresses and
          end. It is shown once.
        </p>
        <SelectField
          label="The old one works for"
          name="gracePeriodSeconds"
          value={grace}
          options={GRACE}
          onValue={setGrace}
          help="But never past its own end."
        />
      </Form>
    </Modal>
  );
}
