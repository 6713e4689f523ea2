import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { call, callText } from "../../../api/client.ts";
import type { AuditExport } from "../../../api/contract.ts";
import { download } from "../../../lib/download.ts";
import { joinCsv, joinJson, lastPosition } from "../export.ts";

export type Format = "json" | "csv";

const PATH = "/api/audit-logs/export";

/** All parts of the export, oldest first, put together; `onRows` hears how many rows there are so far. */
async function exportAs(format: Format, organization: string, onRows: (rows: number) => void): Promise<string> {
  const parts: (AuditExport | string)[] = [];
  let rows = 0;
  for (let after: number | null = 0; after !== null; ) {
    const path: string = `${PATH}?format=${format}&after=${after}`;
    if (format === "json") {
      const part: AuditExport = await call<AuditExport>("GET", path, { organization });
      parts.push(part);
      rows += part.auditLogs.length;
      after = part.nextAfter;
    } else {
      const part: string = await callText("GET", path, { organization });
      const last: number | null = lastPosition(part);
      if (last !== null || parts.length === 0) parts.push(part);
      rows = last === null ? rows : rows + last - after;
      after = last;
    }
    onRows(rows);
  }
  return format === "json" ? joinJson(parts as AuditExport[]) : joinCsv(parts as string[]);
}

const TYPE: Record<Format, string> = { json: "application/json", csv: "text/csv" };

/** Gives the person the whole log as a file. */
export function useExportAuditLogs(organization: string) {
  const [rows, setRows] = useState(0);
  const mutation = useMutation({
    mutationFn: async (format: Format) => {
      setRows(0);
      const text = await exportAs(format, organization, setRows);
      download(`audit-log-${new Date().toISOString().slice(0, 10)}.${format}`, TYPE[format], text);
    },
  });
  return { ...mutation, rows };
}
