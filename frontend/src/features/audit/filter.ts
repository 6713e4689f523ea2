// What of the log is shown.

import type { AuditAction } from "../../api/contract.ts";
import { AuditAction as AUDIT_ACTION } from "../../api/schema.gen.ts";
import { endOfDay, startOfDay } from "../../lib/day.ts";
import { wordOf } from "../../lib/use-filter.ts";

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

/** Reads the page's address. */
export function filterOf(search: Readonly<Record<string, unknown>>): AuditFilter {
  const day = (value: unknown) => (/^\d{4}-\d\d-\d\d$/.test(wordOf(value)) ? wordOf(value) : "");
  return {
    actor: wordOf(search["actor"]),
    action: wordOf(search["action"], AUDIT_ACTION),
    subject: wordOf(search["subject"]),
    firstDay: day(search["firstDay"]),
    lastDay: day(search["lastDay"]),
  };
}

/** The same as the API takes it: the last day is meant to its end. */
export function parametersOf({ actor, action, subject, firstDay, lastDay }: AuditFilter): Record<string, string> {
  return { actor, action, subject, from: firstDay && startOfDay(firstDay), to: lastDay && endOfDay(lastDay) };
}
