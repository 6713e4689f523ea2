import { useState } from "react";

import type { RevealedWebhook, Webhook } from "../../../api/contract.ts";
import { Checkbox, Form, SelectField } from "../../../components/form.tsx";
import { Modal } from "../../../components/modal.tsx";
import { MomentText } from "../../../components/time-text.tsx";
import { useRotateSecret } from "../api/rotate-secret.ts";

/** For how long both secrets sign, in hours. */
const OVERLAPS = [
  ["0", "Not at all: the old secret ends at once"],
  ["1", "1 hour"],
  ["24", "1 day"],
  ["72", "3 days"],
  ["168", "7 days"],
] as const;

export function RotateDialog({
  organization,
  webhook,
  underWay,
  onRotated,
  onClose,
}: {
  organization: string;
  webhook: Webhook;
  /** Whether an earlier secret still signs. */
  underWay: boolean;
  onRotated: (webhook: RevealedWebhook) => void;
  onClose: () => void;
}) {
  const rotate = useRotateSecret(organization, webhook.id, onRotated);
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number][0]>("24");
  const [force, setForce] = useState(false);
  return (
    <Modal title="Change the secret" focus="select" onClose={onClose}>
      <Form
        request={rotate}
        fields={["overlapHours"]}
        action="Make a new secret"
        acting="Making it…"
        ready={!underWay || force}
        onSubmit={() => rotate.mutate({ overlapHours: Number(overlap), force })}
        onCancel={onClose}
      >
        <p>
          A new secret is made and shown once. For the time you choose, <code>webhook-signature</code> holds a signature
          by each, so your receiver can switch without losing an event.
        </p>
        <SelectField label="Both secrets sign for" name="overlapHours" value={overlap} options={OVERLAPS} onValue={setOverlap} />
        {underWay && webhook.previousSecretUntil && (
          <Checkbox
            label={
              <>
                The secret before the current one signs until <MomentText at={webhook.previousSecretUntil} />. End it now.
              </>
            }
            checked={force}
            onValue={setForce}
          />
        )}
      </Form>
    </Modal>
  );
}
