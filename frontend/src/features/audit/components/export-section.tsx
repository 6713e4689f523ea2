import { useAnnounce } from "../../../components/announcer.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { DownloadIcon } from "../../../components/icons.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { type Format, useExportAuditLogs } from "../api/export-audit-logs.ts";

const VERIFY = "cargo xtask audit-verify audit-log.json";

const FORMATS: readonly (readonly [Format, string])[] = [
  ["json", "Export as JSON"],
  ["csv", "Export as CSV"],
];

/** The whole log as a file, and how to see that nobody changed it. */
export function ExportSection({ organization }: { organization: string }) {
  const announce = useAnnounce();
  const exporting = useExportAuditLogs(organization);
  return (
    <section className="section" aria-labelledby="export-title">
      <header className="section-head">
        <div>
          <h2 id="export-title">Take it with you</h2>
          <p className="quiet">All that is kept, oldest first, but for the last minute. No filter counts here.</p>
        </div>
        <div className="section-actions">
          {FORMATS.map(([format, label]) => (
            <button
              key={format}
              type="button"
              className="button"
              aria-disabled={exporting.isPending}
              onClick={() => {
                if (exporting.isPending) return;
                exporting.mutate(format, { onSuccess: () => announce("The log is exported") });
              }}
            >
              <DownloadIcon />
              {exporting.isPending && exporting.variables === format
                ? `${exporting.rows.toLocaleString("en")} rows…`
                : label}
            </button>
          ))}
        </div>
      </header>
      {exporting.error && <ProblemNotice error={exporting.error} />}
      <div className="panel panel-note audit-verify">
        <p>
          Each row carries a hash over itself and the hash before it, so that a row that was changed, moved or taken out
          shows. The JSON file has all that proves it. Whoever has the source of DCVaaS verifies it without us:
        </p>
        <p className="copy-field">
          <code>{VERIFY}</code>
          <CopyButton value={VERIFY} what="command" />
        </p>
      </div>
    </section>
  );
}
