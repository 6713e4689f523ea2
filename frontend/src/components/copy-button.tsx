import { useEffect, useState } from "react";

import { useAnnounce } from "./announcer.tsx";
import { AlertIcon, CheckIcon, CopyIcon } from "./icons.tsx";

/** How long the button shows what came of it, in milliseconds. */
const FEEDBACK = 1_800;

const SAID = { copied: "Copied", failed: "Not copied" };

/** Puts `value` in the clipboard, exactly. `what` completes "Copy …" for those who cannot see what it stands beside. */
export function CopyButton({ value, what, label }: { value: string; what: string; label?: string }) {
  const announce = useAnnounce();
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);

  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), FEEDBACK);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setOutcome("copied");
      announce(`Copied ${what}`);
    } catch {
      // The browser or its owner does not allow it; the text can still be selected.
      setOutcome("failed");
      announce(`Could not copy ${what}. Select the text instead.`);
    }
  }

  const said = outcome && SAID[outcome];
  return (
    <button
      type="button"
      className={label ? "button" : "copy-button"}
      aria-label={label ? undefined : `${said ?? "Copy"} ${what}`}
      data-outcome={outcome ?? undefined}
      onClick={() => void copy()}
    >
      {outcome === "copied" ? <CheckIcon /> : outcome === "failed" ? <AlertIcon /> : <CopyIcon />}
      {label ? <span>{said ?? label}</span> : said && <span className="copy-said">{said}</span>}
    </button>
  );
}
