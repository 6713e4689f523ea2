import { useState } from "react";

import { Form, type Request, TextField } from "../../../components/form.tsx";
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
  return (
    <Form
      {...form}
      fields={["url", "description", "events"]}
      onSubmit={() => onSubmit({ url: url.trim(), description: description.trim() || null, events })}
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
    </Form>
  );
}
