import { ApiProblem } from "../../../api/problem.ts";
import { useAnnounce } from "../../../components/announcer.tsx";
import { CheckIcon, RefreshIcon } from "../../../components/icons.tsx";
import { explain } from "../../../components/problem-notice.tsx";
import { countdown } from "../../../lib/time.ts";
import { useNow } from "../../../lib/use-now.ts";
import { useSyncDomain } from "../api/sync-domain.ts";

/** How long a finished check is confirmed, in milliseconds. */
const CONFIRMATION = 4_000;

/** Asks the server to look now; shows how long it wants to be left alone. */
export function CheckNow({ organization, domainId }: { organization: string; domainId: string }) {
  const announce = useAnnounce();
  const sync = useSyncDomain(organization, domainId);
  const now = useNow(500);

  const cooling = sync.error instanceof ApiProblem && sync.error.code === "rate_limited" ? sync.error.retryAt : null;
  const left = cooling === null ? null : countdown(cooling, now);
  const checked = sync.isSuccess && now - sync.submittedAt < CONFIRMATION;
  const failed = sync.error !== null && cooling === null;

  return (
    <div className="check-now">
      <button
        type="button"
        className="button"
        aria-disabled={sync.isPending || left !== null}
        onClick={() => {
          if (sync.isPending || left !== null) return;
          sync.mutate(undefined, {
            onSuccess: () => announce("Checked just now"),
            onError: (error) => announce(explain(error)),
          });
        }}
      >
        {checked ? <CheckIcon /> : <RefreshIcon turning={sync.isPending} />}
        {sync.isPending ? "Checking…" : left !== null ? `Check again in ${left}` : checked ? "Checked" : "Check now"}
      </button>
      {failed && <p className="fault">{explain(sync.error)}</p>}
    </div>
  );
}
