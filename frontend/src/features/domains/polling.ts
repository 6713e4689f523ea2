import type { Domain } from "../../api/contract.ts";
import { ApiProblem } from "../../api/problem.ts";

/** A change must show within two seconds while somebody waits for it. */
const WAITING = 2_000;
/** Nothing has moved for `PATIENCE`: the record is not placed yet, and DNS takes its time. */
const LONG_WAITING = 15_000;
const SETTLED = 30_000;
const PATIENCE = 30 * 60_000;

/**
 * Milliseconds until the domains on the page are worth another look, `false` for never.
 *
 * A hidden page does not ask at all: that is TanStack Query's default.
 */
export function pollInterval(
  domains: readonly Pick<Domain, "status" | "updatedAt">[],
  error: Error | null,
  now: number,
): number | false {
  if (error instanceof ApiProblem) {
    if (error.isFinal) return false;
    return Math.max(LONG_WAITING, (error.retryAt ?? now) - now);
  }
  const waiting = domains.filter(({ status }) => status === "pending_cname" || status === "issuing");
  if (waiting.length === 0) return SETTLED;
  return waiting.some(({ updatedAt }) => now - Date.parse(updatedAt) < PATIENCE) ? WAITING : LONG_WAITING;
}
