import { formatDate, formatMoment, formatRelative } from "../lib/time.ts";
import { useNow } from "../lib/use-now.ts";

/** A date, with the exact moment on hover. */
export function DateText({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {formatDate(at)}
    </time>
  );
}

/** A moment to the minute, in UTC. */
export function MomentText({ at }: { at: string }) {
  return <time dateTime={at}>{formatMoment(at)}</time>;
}

/** The distance to a moment, kept up to date. */
export function RelativeText({ at }: { at: string }) {
  const now = useNow(1_000);
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {formatRelative(at, now)}
    </time>
  );
}
