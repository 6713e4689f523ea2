import { Suspense, useState } from "react";

import type { Delivery, Try } from "../../../api/contract.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { ProgressIcon, RefreshIcon } from "../../../components/icons.tsx";
import { Modal } from "../../../components/modal.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";
import { MomentText, RelativeText } from "../../../components/time-text.tsx";
import { Chip, type Tone } from "../../../components/tone.tsx";
import { useDelivery } from "../api/get-delivery.ts";
import { useResendDelivery } from "../api/resend-delivery.ts";
import { formatDuration, outcome, STATE } from "../delivery.ts";
import { VerifySnippets } from "./verify-dialog.tsx";

/** One delivery: its tries as they happen, what came back, and what was sent. */
export function DeliveryDialog({
  organization,
  deliveryId,
  readOnly,
  onClose,
}: {
  organization: string;
  deliveryId: string;
  readOnly: boolean;
  onClose: () => void;
}) {
  const { data: delivery, error } = useDelivery(organization, deliveryId);
  return (
    <Modal title={delivery?.eventType ?? "Delivery"} focus=".icon-button" onClose={onClose} wide>
      <div className="form">
        {error && <ProblemNotice error={error} />}
        {delivery === undefined && !error && <Skeleton width="l" />}
        {delivery && (
          <>
            <Standing delivery={delivery} />
            <Tries delivery={delivery} />
            <Body delivery={delivery} />
            <Verify />
          </>
        )}
        {delivery && !readOnly && <Resend organization={organization} delivery={delivery} />}
      </div>
    </Modal>
  );
}

function Standing({ delivery }: { delivery: Delivery }) {
  const { label, tone } = STATE[delivery.state];
  return (
    <div>
      <p className="delivery-standing" role="status">
        <Chip tone={tone}>{label}</Chip>
        {delivery.nextAttemptAt && (
          <span className="quiet">
            Next try <RelativeText at={delivery.nextAttemptAt} />
          </span>
        )}
      </p>
      <p className="copy-field">
        <code>{delivery.eventId}</code>
        <CopyButton value={delivery.eventId} what="webhook-id" />
      </p>
      <p className="help">
        The receiver gets this as <code>webhook-id</code>, the same at every try: by it, a repeat is known.
      </p>
    </div>
  );
}

function Tries({ delivery: { tries = [], state } }: { delivery: Delivery }) {
  if (tries.length === 0) {
    return (
      <p className="delivery-standing quiet" role="status">
        {state === "pending" && <ProgressIcon />}
        {state === "pending" ? "Waiting for the receiver’s answer…" : "It was not tried."}
      </p>
    );
  }
  const newest = Math.max(...tries.map(({ number }) => number));
  return (
    <section aria-label="Tries">
      <ol className="tries">
        {tries.map((one) => (
          <li key={one.number}>
            <TryRow one={one} newest={one.number === newest} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function TryRow({ one, newest }: { one: Try; newest: boolean }) {
  const tone: Tone = one.errorClass === null ? "good" : "bad";
  return (
    <details open={newest}>
      <summary>
        <span className={`try-outcome tone-${tone}`}>{outcome(one)}</span>
        <span className="quiet">
          Try {one.number}, <MomentText at={one.startedAt} />, {formatDuration(one.durationMs)}
        </span>
      </summary>
      <SentHeaders headers={one.requestHeaders} />
      {one.response === "" ? (
        <p className="quiet">The receiver sent no text back.</p>
      ) : (
        // Text of a stranger: shown as text, whatever it says it is.
        <pre className="code-block" tabIndex={0} aria-label={`What the receiver answered to try ${one.number}`}>
          {one.response}
        </pre>
      )}
    </details>
  );
}

/** What the request said of itself; what only the endpoint's owner may know is left out by the server. */
function SentHeaders({ headers }: { headers: Record<string, string | null> }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value ?? "(not kept)"}`);
  if (lines.length === 0) return null;
  return (
    <details className="sent-headers">
      <summary>Headers that were sent</summary>
      <pre className="code-block" tabIndex={0} aria-label="The headers">
        {lines.join("\n")}
      </pre>
    </details>
  );
}

function Body({ delivery: { payload } }: { delivery: Delivery }) {
  if (payload === undefined) return null;
  return (
    <section aria-label="What is sent">
      <h3 className="block-title">
        What is sent <CopyButton value={JSON.stringify(payload)} what="body" />
      </h3>
      <pre className="code-block" tabIndex={0} aria-label="The body">
        {JSON.stringify(payload, null, 2)}
      </pre>
    </section>
  );
}

/** The programs are loaded by who looks at them. */
function Verify() {
  const [open, setOpen] = useState(false);
  return (
    <details className="verify" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>How your receiver verifies it</summary>
      {open && (
        <Suspense fallback={<Skeleton width="l" />}>
          <VerifySnippets />
        </Suspense>
      )}
    </details>
  );
}

function Resend({ organization, delivery }: { organization: string; delivery: Delivery }) {
  const announce = useAnnounce();
  const resend = useResendDelivery(organization, delivery.id);
  return (
    <>
      {resend.error && <ProblemNotice error={resend.error} />}
      <div className="form-actions">
        <button
          type="button"
          className="button"
          disabled={resend.isPending}
          onClick={() => resend.mutate(undefined, { onSuccess: () => announce("It is sent again") })}
        >
          <RefreshIcon turning={resend.isPending} />
          {resend.isPending ? "Sending…" : "Send again"}
        </button>
      </div>
    </>
  );
}
