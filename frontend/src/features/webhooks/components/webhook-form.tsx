import { lazy, type ReactNode, Suspense, useState } from "react";

import { ApiProblem } from "../../../api/problem.ts";
import { Form, type Request, TextField } from "../../../components/form.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";
import { asksMore, type Draft, filled, isRepeated } from "../draft.ts";
import { EventsField } from "./events-field.tsx";

/** Most endpoints need none of it. */
const MoreFields = lazy(() => import("./more-fields.tsx"));

/** The names under which the server may complain about what stands behind "More". */
const MORE = ["payload", "apiVersion", "ordering", "maxPerMinute", "domainIds", "domainTags", "headers", "ed25519"];

/** The inputs of an endpoint, for a new one and for a change. */
export function WebhookForm({
  organization,
  initial,
  onSubmit,
  ...form
}: {
  organization: string;
  initial: Draft;
  request: Request;
  action: string;
  acting: string;
  onSubmit: (draft: Draft) => void;
  onCancel: () => void;
}) {
  const [draft, setDraft] = useState(initial);
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const { url, description, events, headers } = draft;
  const more = [...MORE, ...headers.map(({ name }) => `headers.${name.trim()}`)];
  return (
    <Form
      {...form}
      fields={["url", "description", "events", ...more]}
      ready={!headers.some((_, index) => isRepeated(headers, index))}
      onSubmit={() =>
        onSubmit({ ...draft, url: url.trim(), description: description?.trim() || null, headers: filled(headers) })
      }
    >
      <TextField
        label="URL"
        name="url"
        value={url}
        onValue={(url) => set({ url })}
        placeholder="https://hooks.example.com/dcvaas"
        inputMode="url"
        help="Every event is sent there as a signed POST. It has to answer with 2xx."
      />
      <TextField
        label="Description (optional)"
        name="description"
        value={description ?? ""}
        onValue={(description) => set({ description })}
        placeholder="Ticket system, production"
      />
      <EventsField selection={events} onSelect={(events) => set({ events })} />
      <More
        first={asksMore(initial)}
        faulty={form.request.error instanceof ApiProblem && form.request.error.fieldMessage(...more) !== null}
      >
        <MoreFields organization={organization} draft={draft} onChange={set} />
      </More>
    </Form>
  );
}

/** Shows its content where that is asked for, is in use, or has a fault. */
function More({ first, faulty, children }: { first: boolean; faulty: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(first);
  // What was looked at once keeps what was typed there.
  const [seen, setSeen] = useState(first);
  if (open && !seen) setSeen(true);
  if (faulty && !open) setOpen(true);
  return (
    <details
      className="more"
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      // The browser cannot show what is wrong with an input that is hidden.
      onInvalid={() => setOpen(true)}
    >
      <summary>More: body, order, headers, filters</summary>
      {seen && <Suspense fallback={<Skeleton width="l" />}>{children}</Suspense>}
    </details>
  );
}
