// What every list of the API needs around its rows.

import type { ReactNode } from "react";

import { PlusIcon } from "./icons.tsx";
import { PageHead } from "./page.tsx";
import { explain } from "./problem-notice.tsx";
import { Skeleton } from "./skeleton.tsx";

/** Says that the rows may be old. */
export function Stale({ error }: { error: Error | null }) {
  return error && <p className="stale" role="status">Not up to date. {explain(error)}</p>;
}

/** What is shown of a list that comes a page at a time. */
interface Pages {
  error: Error | null;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/** A page with one list: `head` stands beside its title, `empty` in place of the rows. */
export function ListPage({
  title,
  list,
  isEmpty,
  head,
  empty,
  children,
}: {
  title: string;
  list: Pages;
  isEmpty: boolean;
  head?: ReactNode;
  empty: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <PageHead title={title}>{head}</PageHead>
      <Stale error={list.error} />
      {isEmpty ? empty : children}
      <LoadMore list={list} />
    </>
  );
}

/** Opens the dialog that makes something. */
export function NewButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className="button button-primary" onClick={onClick}>
      <PlusIcon />
      {label}
    </button>
  );
}

export function LoadMore({ list }: { list: Pages }) {
  if (!list.hasNextPage) return null;
  return (
    <p className="load-more">
      <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {list.isFetchingNextPage ? "Loading…" : "Load more"}
      </button>
    </p>
  );
}

/** Stands in a panel where a list has no rows; `looking` while those are of another filter, which says nothing of this one. */
export function NoRows({ looking, text }: { looking: boolean; text: string }) {
  return (
    <p className="panel-note quiet" role="status">
      {looking ? <Skeleton width="l" /> : text}
    </p>
  );
}

/** A page of which only the title is known yet. */
export function ListSkeleton({ title }: { title: string }) {
  return (
    <div aria-busy="true" aria-label={`Loading: ${title}`}>
      <PageHead title={title} />
      <div className="panel skeleton-rows">
        {[0, 1, 2, 3].map((row) => (
          <p key={row} className="skeleton-row">
            <Skeleton width="l" />
            <Skeleton width="s" />
            <Skeleton width="m" />
          </p>
        ))}
      </div>
    </div>
  );
}
