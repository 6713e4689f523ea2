// Moments in words. Every function takes `now`, so that a test and a ticking page agree.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const inWords = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const asDate = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const asMoment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

/** `24 Nov 2026`, in the reader's time zone. */
export function formatDate(instant: string): string {
  return asDate.format(new Date(instant));
}

/** `24 Nov 2026, 02:11 UTC`. */
export function formatMoment(instant: string): string {
  return `${asMoment.format(new Date(instant))} UTC`;
}

/** The distance from `now` in its largest whole unit: `in 62 days`, `5 minutes ago`, `now`. */
export function formatRelative(instant: string, now: number): string {
  const distance = Date.parse(instant) - now;
  const size = Math.abs(distance);
  // Whole days are what people plan with; rounding down never promises time that is not there.
  if (size >= 2 * DAY) return inWords.format(Math.trunc(distance / DAY), "day");
  if (size >= 2 * HOUR) return inWords.format(Math.trunc(distance / HOUR), "hour");
  if (size >= MINUTE) return inWords.format(Math.trunc(distance / MINUTE), "minute");
  return inWords.format(Math.trunc(distance / SECOND), "second");
}

/** `m:ss` until `instant`, `null` once it has come. */
export function countdown(instant: number, now: number): string | null {
  const seconds = Math.ceil((instant - now) / SECOND);
  if (seconds <= 0) return null;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
