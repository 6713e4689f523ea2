// Days as a date input gives them, such as `2027-01-31`, meant where the person is.

/** The day `days` after today. */
export function dayFrom(now: number, days: number): string {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** The moment at which the day begins; what is no day is left to the server to explain. */
export function startOfDay(day: string): string {
  return instant(day, 0);
}

/** The moment at which the day is over. */
export function endOfDay(day: string): string {
  return instant(day, 1);
}

function instant(day: string, later: number): string {
  const at = new Date(`${day}T00:00`);
  at.setDate(at.getDate() + later);
  return Number.isNaN(at.getTime()) ? day : at.toISOString();
}
