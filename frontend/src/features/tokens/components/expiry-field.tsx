import { Checkbox, TextField } from "../../../components/form.tsx";
import { dayFrom } from "../../../lib/day.ts";
import { TERMS, USUAL_TERM } from "../expiry.ts";

/** The token's last day, `null` for none. */
export function ExpiryField({ day, onDay }: { day: string | null; onDay: (day: string | null) => void }) {
  const inDays = (days: number) => dayFrom(Date.now(), days);
  return (
    <>
      <TextField
        label="Expires after"
        name="expiresAt"
        type="date"
        required
        disabled={day === null}
        min={inDays(0)}
        value={day ?? ""}
        onValue={onDay}
        help={
          <span className="terms">
            {TERMS.map((days) => (
              <button key={days} type="button" className="tag" onClick={() => onDay(inDays(days))}>
                {`${days} days`}
              </button>
            ))}
          </span>
        }
      />
      <Checkbox
        label="It never expires, and works until somebody revokes it"
        checked={day === null}
        onValue={(never) => onDay(never ? null : inDays(USUAL_TERM))}
      />
    </>
  );
}
