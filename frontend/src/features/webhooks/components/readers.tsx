import { useState } from "react";

import type { FeedConsumer } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { Stale } from "../../../components/list.tsx";
import { NewTabLink } from "../../../components/new-tab-link.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";
import { Table } from "../../../components/table.tsx";
import { DateText, RelativeText } from "../../../components/time-text.tsx";
import { Chip } from "../../../components/tone.tsx";
import { useDeleteReader, useReaders } from "../api/list-readers.ts";

/** The programs that fetch events by themselves, and how far each has come. */
export function Readers({ organization }: { organization: string }) {
  const { data: readers, error } = useReaders(organization);
  const [deleting, setDeleting] = useState<FeedConsumer | null>(null);
  return (
    <section className="section" aria-labelledby="readers-title">
      <header className="section-head">
        <div>
          <h2 id="readers-title">Readers of the feed</h2>
          <p className="quiet">
            Programs that <NewTabLink href="/docs/api#events.feed">fetch events</NewTabLink> under a name, whose place is
            kept.
          </p>
        </div>
      </header>
      {readers && <Stale error={error} />}
      <div className="panel">
        {readers === undefined ? (
          error ? (
            <ProblemNotice error={error} />
          ) : (
            <p className="panel-note">
              <Skeleton width="l" />
            </p>
          )
        ) : readers.length === 0 ? (
          <p className="panel-note quiet">No program has named itself yet.</p>
        ) : (
          <ReadersTable readers={readers} onDelete={setDeleting} />
        )}
      </div>
      {deleting && <DeleteReaderDialog organization={organization} reader={deleting} onClose={() => setDeleting(null)} />}
    </section>
  );
}

function ReadersTable({
  readers,
  onDelete,
}: {
  readers: readonly FeedConsumer[];
  onDelete: (reader: FeedConsumer) => void;
}) {
  return (
    <Table
      className="readers-table"
      labelledBy="readers-title"
      columns={["Reader", "To be read", "Position", "Last came further", "Since", ""]}
    >
      {readers.map((reader) => (
        <tr key={reader.name} role="row">
          <th role="rowheader" scope="row">
            <span className="row-name">{reader.name}</span>
          </th>
          <td role="cell" data-label="To be read">
            <Behind count={reader.behind} />
          </td>
          <td role="cell" data-label="Position">
            {Number(reader.cursor).toLocaleString("en")}
          </td>
          <td role="cell" data-label="Last came further">
            <RelativeText at={reader.updatedAt} />
          </td>
          <td role="cell" data-label="Since">
            <DateText at={reader.createdAt} />
          </td>
          <td role="cell" className="row-actions">
            <button
              type="button"
              className="button button-danger-quiet"
              aria-label={`Forget ${reader.name}`}
              onClick={() => onDelete(reader)}
            >
              Forget…
            </button>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Behind({ count }: { count: number }) {
  if (count === 0) return <Chip tone="good">Nothing</Chip>;
  return <Chip tone="waiting">{count === 1 ? "1 event" : `${count.toLocaleString("en")} events`}</Chip>;
}

function DeleteReaderDialog({
  organization,
  reader: { name },
  onClose,
}: {
  organization: string;
  reader: FeedConsumer;
  onClose: () => void;
}) {
  const announce = useAnnounce();
  const request = useDeleteReader(organization);
  return (
    <ConfirmDialog
      title="Forget this reader?"
      request={request}
      action="Forget it"
      acting="Forgetting…"
      onConfirm={() =>
        request.mutate(name, {
          onSuccess: () => {
            announce("The reader is forgotten");
            onClose();
          },
        })
      }
      onClose={onClose}
    >
      If <strong className="break">{name}</strong> comes back, it reads the feed from its beginning: what it has dealt with
      comes again.
    </ConfirmDialog>
  );
}
