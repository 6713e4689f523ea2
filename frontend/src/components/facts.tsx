// What support and the API speak of: the id of a thing, since when it is there, and what else its page tells.

import type { ReactNode } from "react";

import { CopyButton } from "./copy-button.tsx";
import { DateText } from "./time-text.tsx";

export function Facts({
  of,
  what,
  children,
}: {
  of: { id: string; createdAt: string };
  /** What the thing is called, as a capitalised word. */
  what: string;
  children: ReactNode;
}) {
  return (
    <section className="section" aria-labelledby="facts-title">
      <header className="section-head">
        <h2 id="facts-title">Details</h2>
      </header>
      <dl className="panel facts">
        <div>
          <dt>{what} id</dt>
          <dd className="copy-field">
            <code>{of.id}</code>
            <CopyButton value={of.id} what={`${what.toLowerCase()} id`} />
          </dd>
        </div>
        <div>
          <dt>Added</dt>
          <dd>
            <DateText at={of.createdAt} />
          </dd>
        </div>
        {children}
      </dl>
    </section>
  );
}
