// What of the log is shown.

import type { AuditAction } from "../../api/contract.ts";
import { endOfDay, startOfDay } from "../../lib/day.ts";

/** What is empty does not restrict. */
export interface AuditFilter {
  /** A person or a token. */
  actor: string;
  action: AuditAction | "";
  /** What it was done to. */
  subject: string;
  /** The first and the last day, such as `2027-01-31`. */
  firstDay: string;
  lastDay: string;
}

export const NO_FILTER: AuditFilter = { actor: "", action: "", subject: "", firstDay: "", lastDay: "" };

/** The same as the API takes it: the last day is meant to its end. */
export function parametersOf({ actor, action, subject, firstDay, lastDay }: AuditFilter): Record<string, string> {
  return { actor, action, subject, from: firstDay && startOfDay(firstDay), to: lastDay && endOfDay(lastDay) };
}
