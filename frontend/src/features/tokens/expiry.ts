// When a token ends. A day is what a date input gives, such as `2027-01-31`, and is meant where the person is.

/** From when on a token's end is worth a warning, in milliseconds: time enough to replace it. */
const SOON = 7 * 24 * 3_600_000;

/** The days that are offered; the middle one stands there first. */
export const TERMS = [30, 90, 365];
export const USUAL_TERM = 90;

/** The day `days` after today. */
export function dayFrom(now: number, days: number): string {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** The moment at which the day is over; what is no day is left to the server to explain. */
export function endOfDay(day: string): string {
  const end = new Date(`${day}T00:00`);
  end.setDate(end.getDate() + 1);
  return Number.isNaN(end.getTime()) ? day : end.toISOString();
}

/** How near a token's end is; `null` is never. */
export function stageOf(expiresAt: string | null, now: number): "lasting" | "ending" | "expired" {
  if (expiresAt === null) return "lasting";
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return "expired";
  return left <= SOON ? "ending" : "lasting";
}
