// What of the delivery log is shown.

import type { DeliveryState, ErrorClass, EventType, Instant } from "../../api/contract.ts";
import { ErrorClass as ERROR_CLASS, EventType as EVENT } from "../../api/schema.gen.ts";
import { wordOf } from "../../lib/use-filter.ts";
import { STATE } from "./delivery.ts";

const HOUR = 3_600_000;

/** How far back to look, in milliseconds; between two moments is no length. */
export const PERIOD = {
  hour: { label: "The last hour", length: HOUR },
  day: { label: "The last day", length: 24 * HOUR },
  week: { label: "The last week", length: 7 * 24 * HOUR },
  between: { label: "Between…", length: null },
} as const;

type Period = keyof typeof PERIOD;

/** What is empty does not restrict. */
export interface DeliveryFilter {
  state: DeliveryState | "";
  event: EventType | "";
  error: ErrorClass | "";
  when: Period | "";
  /** Moments, where it is between two; the last one is left out. */
  since: Instant | "";
  until: Instant | "";
}

export const NO_FILTER: DeliveryFilter = { state: "", event: "", error: "", when: "", since: "", until: "" };

/** Reads the page's address. */
export function filterOf(search: Readonly<Record<string, unknown>>): DeliveryFilter {
  const when = wordOf(search["when"], PERIOD);
  const moment = (value: unknown) => (when === "between" ? momentOf(value) : "");
  return {
    state: wordOf(search["state"], STATE),
    event: wordOf(search["event"], EVENT),
    error: wordOf(search["error"], ERROR_CLASS),
    when,
    since: moment(search["since"]),
    until: moment(search["until"]),
  };
}

function momentOf(value: unknown): Instant | "" {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? "" : new Date(time).toISOString();
}

/** The same as the API takes it, at `now`. */
export function parametersOf(filter: DeliveryFilter, now: number): Record<string, string> {
  const { state, event, error, when, until } = filter;
  const length = when === "" ? null : PERIOD[when].length;
  const since = length === null ? filter.since : new Date(now - length).toISOString();
  return { state, event, errorClass: error, since, until };
}
