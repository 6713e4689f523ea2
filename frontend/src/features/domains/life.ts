// How much of a certificate's life is over, and whether that is a reason to worry.

/** Renewal is due at two thirds of the life; a tenth of it is slack before lateness means something. */
export type LifeStage = "fresh" | "renewing" | "late" | "critical" | "expired";

export interface Life {
  /** Share of the life that is over, 0 to 1; `null` when the start is not known. */
  used: number | null;
  stage: LifeStage;
}

const RENEWAL_DUE = 2 / 3;
const LATE = 0.8;
const CRITICAL = 0.95;

/** Without a start the days left decide, by the same shares of the 90 days that most certificates live. */
const USUAL_LIFE = 90 * 24 * 3_600_000;

export function certificateLife(issuedAt: string | null, expiresAt: string, now: number): Life {
  const end = Date.parse(expiresAt);
  const start = issuedAt === null ? Number.NaN : Date.parse(issuedAt);
  const known = start < end;
  const share = known ? (now - start) / (end - start) : 1 - (end - now) / USUAL_LIFE;
  const used = Math.min(1, Math.max(0, share));
  return { used: known ? used : null, stage: stageOf(used) };
}

function stageOf(used: number): LifeStage {
  if (used >= 1) return "expired";
  if (used >= CRITICAL) return "critical";
  if (used >= LATE) return "late";
  if (used >= RENEWAL_DUE) return "renewing";
  return "fresh";
}
