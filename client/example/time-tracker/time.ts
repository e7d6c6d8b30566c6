/** The clock, in Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** What is billed for `seconds` of work: rounded to whole steps of `minutes`, at least one of them. */
export function rounded(seconds: number, minutes: number): number {
  const step = minutes * 60;
  return Math.max(step, Math.round(seconds / step) * step);
}

/** The day at a moment in a time zone, `YYYY-MM-DD`. */
export function dayOf(seconds: number, timezone: string): string {
  const wall = seconds + offset(seconds, timezone);
  return new Date(wall * 1000).toISOString().slice(0, 10);
}

/** When a day begins in a time zone, in Unix seconds. */
export function startOf(day: string, timezone: string): number {
  const wall = Date.parse(`${day}T00:00:00Z`) / 1000;
  // The offset is that of the answer, not of the question: the second look is right but for a
  // midnight that the clock skips, where it gives the first moment after.
  const guess = wall - offset(wall, timezone);
  return wall - offset(guess, timezone);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whole days from the first to the last, both counted. */
export function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1;
}

/** How far the zone's clocks are ahead of UTC at a moment, in seconds. */
function offset(seconds: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    timeZoneName: "longOffset",
  }).formatToParts(seconds * 1000);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const [, sign, hours = 0, minutes = 0] = /([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
