// An export comes in parts of 1,000 rows; a person wants one file.

import type { AuditExport } from "../../api/contract.ts";

/** One part that holds all: it begins where the first one does, and ends where the last one does. */
export function joinJson(parts: readonly AuditExport[]): string {
  const [first, last] = [parts[0], parts.at(-1)];
  const auditLogs = parts.flatMap((part) => part.auditLogs);
  return `${JSON.stringify({ ...first, head: last?.head, nextAfter: last?.nextAfter ?? null, auditLogs }, null, 1)}\n`;
}

/** The rows of all parts under the titles of the first. */
export function joinCsv(parts: readonly string[]): string {
  return parts.map((part, index) => (index === 0 ? part : part.slice(part.indexOf("\r\n") + 2))).join("");
}

/** The number of the last row, `null` where there is none. No value holds a line break: the only free text is JSON. */
export function lastPosition(csv: string): number | null {
  const line = csv.trimEnd().split("\r\n").slice(1).at(-1);
  return line === undefined ? null : Number(line.slice(0, line.indexOf(",")));
}
