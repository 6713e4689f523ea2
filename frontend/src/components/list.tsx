// What every list of the API needs around its rows.

import { PageHead } from "./page.tsx";
import { explain } from "./problem-notice.tsx";
import { Skeleton } from "./skeleton.tsx";

/** Says that the rows may be old. */
export function Stale({ error }: { error: Error | null }) {
  return error && <p className="stale" role="status">Not up to date. {explain(error)}</p>;
}

export function LoadMore({
  list,
}: {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
}) {
  if (!list.hasNextPage) return null;
  return (
    <p className="load-more">
      <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {list.isFetchingNextPage ? "Loading…" : "Load more"}
      </button>
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
