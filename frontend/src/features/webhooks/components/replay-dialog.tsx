import { useState } from "react";

import type { ReplayEvents } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { Checkbox, FieldGroup, Form, TextField } from "../../../components/form.tsx";
import { Modal } from "../../../components/modal.tsx";
import { explain } from "../../../components/problem-notice.tsx";
import { useReplayCount, useReplayEvents } from "../api/replay-events.ts";
import { instantOf, localOf } from "../delivery.ts";

const DAY = 24 * 3_600_000;

/** Sends what the endpoint did not get; says first how much that is. */
export function ReplayDialog({
  organization,
  webhookId,
  title = "Send events again",
  what: first = "failed",
  since: from = Date.now() - DAY,
  onSent,
  onClose,
}: {
  organization: string;
  webhookId: string;
  title?: string;
  what?: ReplayEvents["what"];
  since?: string | number;
  onSent?: (what: ReplayEvents["what"]) => void;
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const replay = useReplayEvents(organization, webhookId);
  const [what, setWhat] = useState(first);
  const [local, setLocal] = useState(() => localOf(from));
  const wanted = { what, since: instantOf(local) };
  const count = useReplayCount(organization, webhookId, wanted);

  function send() {
    replay.mutate(wanted, {
      onSuccess: (sent) => {
        announce(sent === 1 ? "1 event is sent again" : `${sent} events are sent again`);
        onClose();
        onSent?.(what);
      },
    });
  }

  return (
    <Modal title={title} onClose={onClose}>
      <Form
        request={replay}
        fields={["since"]}
        action={count.data ? `Send ${count.data}` : "Send"}
        acting="Sending…"
        ready={!count.isFetching && (count.data ?? 0) > 0}
        onSubmit={send}
        onCancel={onClose}
      >
        <FieldGroup label="Which" name="what">
          <Checkbox
            type="radio"
            name="what"
            label="Deliveries that were given up"
            checked={what === "failed"}
            onValue={() => setWhat("failed")}
          />
          <Checkbox
            type="radio"
            name="what"
            label="Events that were never sent to it, such as those while it was off"
            checked={what === "missing"}
            onValue={() => setWhat("missing")}
          />
        </FieldGroup>
        <TextField
          label="Since"
          name="since"
          type="datetime-local"
          required
          value={local}
          onValue={setLocal}
          help="In your time zone; 30 days back at most."
        />
        <p role="status" className={count.error ? "fault" : "quiet"}>
          {count.error
            ? explain(count.error)
            : count.data === undefined || count.isFetching
              ? "Counting…"
              : counted(count.data)}
        </p>
      </Form>
    </Modal>
  );
}

function counted(count: number): string {
  if (count === 0) return "There is nothing to send.";
  const events = count === 1 ? "1 event is" : `${count.toLocaleString("en")} events are`;
  return `${events} sent, each with the webhook-id that it had.`;
}
