import { useState } from "react";

import { Checkbox, Form, type Request, TextField } from "../../../components/form.tsx";
import type { Draft } from "../draft.ts";
import { EventsField } from "./events-field.tsx";

/** The inputs of an endpoint, for a new one and for a change. */
export function WebhookForm({
  initial,
  onSubmit,
  ...form
}: {
  initial: Draft;
  request: Request;
  action: string;
  acting: string;
  onSubmit: (draft: Draft) => void;
  onCancel: () => void;
}) {
  const [url, setUrl] = useState(initial.url);
  const [description, setDescription] = useState(initial.description ?? "");
  const [events, setEvents] = useState(initial.events);
  const [ed25519, setEd25519] = useState(initial.ed25519);
  return (
    <Form
      {...form}
      fields={["url", "description", "events", "ed25519"]}
      onSubmit={() => onSubmit({ url: url.trim(), description: description.trim() || null, events, ed25519 })}
    >
      <TextField
        label="URL"
        name="url"
        value={url}
        onValue={setUrl}
        placeholder="https://hooks.example.com/dcvaas"
        inputMode="url"
        help="Every event is sent there as a signed POST. It has to answer with 2xx."
      />
      <TextField
        label="Description (optional)"
        name="description"
        value={description}
        onValue={setDescription}
        placeholder="Ticket system, production"
      />
      <EventsField selection={events} onSelect={setEvents} />
      <Checkbox
        label={
          <>
            Sign with a key pair, too
            <span className="help">Ed25519: whoever has the public key can verify, and cannot sign. The secret signs as ever.</span>
          </>
        }
        checked={ed25519}
        onValue={setEd25519}
      />
    </Form>
  );
}
