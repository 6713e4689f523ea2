import { useState } from "react";

import type { Delivery, EventType, Webhook } from "../../../api/contract.ts";
import { EventType as EVENT } from "../../../api/schema.gen.ts";
import { Form, SelectField } from "../../../components/form.tsx";
import { Modal } from "../../../components/modal.tsx";
import { NewTabLink } from "../../../components/new-tab-link.tsx";
import { useSendTest } from "../api/send-test.ts";
import { EVENT_TYPES } from "../events.ts";

const TYPES = EVENT_TYPES.map((type) => [type, type] as const);

/** Tries the endpoint out with any event. */
export function TestDialog({
  organization,
  webhook,
  onSent,
  onClose,
}: {
  organization: string;
  webhook: Webhook;
  onSent: (delivery: Delivery) => void;
  onClose: () => void;
}) {
  const send = useSendTest(organization, webhook.id);
  const [type, setType] = useState<EventType>("webhook.test");
  return (
    <Modal title="Send a test event" focus="select" onClose={onClose}>
      <Form
        request={send}
        fields={["type"]}
        action="Send it"
        acting="Sending…"
        onSubmit={() => send.mutate(type, { onSuccess: onSent })}
        onCancel={onClose}
      >
        <p>
          An example is sent to this endpoint alone: signed, tried again and recorded like every event. What each one holds
          is in the <NewTabLink href="/docs/events">catalogue</NewTabLink>.
        </p>
        <SelectField label="Event" name="type" value={type} options={TYPES} onValue={setType} help={EVENT[type]} />
      </Form>
    </Modal>
  );
}
