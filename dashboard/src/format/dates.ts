// Everything the dashboard shows is in UTC, as everything it counts is by UTC days.
const day = new Intl.DateTimeFormat("en", { timeZone: "UTC", month: "short", day: "numeric" });
const dayAndYear = new Intl.DateTimeFormat("en", {
  timeZone: "UTC",
  month: "short",
  day: "numeric",
  year: "numeric",
});
const weekday = new Intl.DateTimeFormat("en", {
  timeZone: "UTC",
  weekday: "short",
  month: "short",
  day: "numeric",
  year: "numeric",
});
const month = new Intl.DateTimeFormat("en", { timeZone: "UTC", month: "short", year: "numeric" });
const clock = new Intl.DateTimeFormat("en", {
  timeZone: "UTC",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

export type Interval = "day" | "week" | "month";
/** The length of a chart's bucket; only what the app itself sends is told by the hour. */
export type Bucket = Interval | "hour";

/** "2026-11-01" → "Nov 1". */
export function formatDay(date: string): string {
  return day.format(new Date(date));
}

/** "2026-11-01" → "Nov 1, 2026". */
export function formatDayAndYear(date: string): string {
  return dayAndYear.format(new Date(date));
}

/** The name of one bucket in full: "Sun, Nov 1, 2026", "week of Nov 2, 2026", "Nov 2026"; of an hour when it begins. */
export function formatBucket(start: string, interval: Bucket): string {
  const date = new Date(start);
  if (interval === "hour") return `${weekday.format(date)}, ${clock.format(date)} UTC`;
  if (interval === "month") return month.format(date);
  if (interval === "week") return `week of ${dayAndYear.format(date)}`;
  return weekday.format(date);
}

/** The name of one bucket on an axis: "Nov 1", or "Nov 2026" for months and long ranges, "08:00" for hours. */
export function formatTick(start: string, interval: Bucket, withYear: boolean): string {
  if (interval === "hour" && start.slice(11, 13) !== "00") return clock.format(new Date(start));
  if (interval === "month") return month.format(new Date(start));
  return withYear ? dayAndYear.format(new Date(start)) : day.format(new Date(start));
}

/** An instant as the clock shows it, with the day when it is not today: "08:12 UTC". */
export function formatInstant(instant: string, now: Date): string {
  const at = new Date(instant);
  const time = `${clock.format(at)} UTC`;
  return at.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)
    ? time
    : `${day.format(at)}, ${time}`;
}

/** How long ago, in the largest unit that fits: "12 s", "4 min", "2 h". */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}
