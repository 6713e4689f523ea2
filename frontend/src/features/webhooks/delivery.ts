// A delivery as a person sees it: how it stands, what came back, and when to look again.

import type { Delivery, DeliveryState, Instant, Try } from "../../api/contract.ts";
import { ErrorClass } from "../../api/schema.gen.ts";
import type { Tone } from "../../components/tone.tsx";

export const STATE: Record<DeliveryState, { label: string; tone: Tone }> = {
  pending: { label: "Under way", tone: "busy" },
  delivered: { label: "Delivered", tone: "good" },
  failed: { label: "Given up", tone: "bad" },
};

/** Something is about to be seen within seconds. */
const SOON = 2_000;
const LATER = 15_000;

/** Milliseconds until the deliveries are worth another look. */
export function pollInterval(
  deliveries: readonly Pick<Delivery, "state" | "nextAttemptAt">[],
  now: number,
): number {
  const due = deliveries.some(
    ({ state, nextAttemptAt }) => state === "pending" && Date.parse(nextAttemptAt ?? "") - now < LATER,
  );
  return due ? SOON : LATER;
}

/** What came of a try: `200`, `500: The receiver failed.`, or why there is no status. */
export function outcome({ status, errorClass }: Pick<Try, "status" | "errorClass">): string {
  const why = errorClass && ErrorClass[errorClass];
  if (status === null) return why ?? "No answer.";
  return why === null ? String(status) : `${status}: ${why}`;
}

/** `84 ms`, `12.3 s`. */
export function formatDuration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** What a date-and-time input gives, in the reader's time zone, as the API takes it. */
export function instantOf(local: string): Instant {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? local : date.toISOString();
}

/** The reverse, to the minute. */
export function localOf(instant: Instant | number): string {
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
