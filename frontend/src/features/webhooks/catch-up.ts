// What an endpoint missed while it was off.

import type { ChangedWebhook, Instant, ReplayEvents } from "../../api/contract.ts";

/** Deliveries that were given up, or events that no delivery was made for. */
export type Kind = ReplayEvents["what"];

export interface Missed extends Record<Kind, number> {
  /** The endpoint. */
  id: string;
  url: string;
  since: Instant;
}

/** The server counts no further. */
const MOST = 10_000;

/** What the answer to a change says of it; `null` where there is nothing to send. */
export function missedOf({ webhook: { id, url }, missed }: ChangedWebhook): Missed | null {
  if (missed === undefined || missed.failed + missed.missing === 0) return null;
  return { id, url, ...missed };
}

/** What is left when those of one kind are sent, `null` where that is nothing. */
export function without(missed: Missed, kind: Kind): Missed | null {
  const left = { ...missed, [kind]: 0 };
  return left.failed + left.missing === 0 ? null : left;
}

const SAID: Record<Kind, readonly [string, string]> = {
  missing: ["event was not sent to it", "events were not sent to it"],
  failed: ["delivery was given up", "deliveries were given up"],
};

/** `2 events were not sent to it, and 1 delivery was given up`. */
export function saidOf(missed: Missed): string {
  return (["missing", "failed"] as const)
    .filter((kind) => missed[kind] > 0)
    .map((kind) => `${counted(missed[kind])} ${SAID[kind][missed[kind] === 1 ? 0 : 1]}`)
    .join(", and ");
}

function counted(count: number): string {
  return count.toLocaleString("en") + (count < MOST ? "" : " or more");
}
