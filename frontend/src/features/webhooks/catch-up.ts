// What an endpoint missed while it was off.

import type { Instant, Webhook } from "../../api/contract.ts";

export interface Missed {
  /** The endpoint. */
  id: string;
  url: string;
  since: Instant;
}

/** How far back events can be sent again, in milliseconds; the server counts from when it is asked. */
const REACH = 30 * 24 * 3_600_000 - 60_000;

/** Since when an endpoint that is off gets nothing, as far as that can be sent again. */
export function missedSince({ disabledAt, updatedAt }: Pick<Webhook, "disabledAt" | "updatedAt">, now: number): Instant {
  return new Date(Math.max(Date.parse(disabledAt ?? updatedAt), now - REACH)).toISOString();
}
