// When a token ends.

/** From when on a token's end is worth a warning, in milliseconds: time enough to replace it. */
const SOON = 7 * 24 * 3_600_000;

/** The days that are offered; the middle one stands there first. */
export const TERMS = [30, 90, 365];
export const USUAL_TERM = 90;

/** How near a token's end is; `null` is never. */
export function stageOf(expiresAt: string | null, now: number): "lasting" | "ending" | "expired" {
  if (expiresAt === null) return "lasting";
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return "expired";
  return left <= SOON ? "ending" : "lasting";
}
