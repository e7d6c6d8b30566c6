const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const DAY_MS = 86_400_000;

/**
 * A time in UTC as the page shows it: `04:12 UTC` today, else with the day. "" for what is no time.
 *
 * @param at ISO 8601 or milliseconds since the epoch
 */
export function when(at: string | number, now: number = Date.now()): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return "";
  const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
  const today = new Date(now).toISOString().slice(0, 10);
  if (time.toISOString().slice(0, 10) === today) return `${clock} UTC`;
  const date = day(time.toISOString());
  const sameYear = time.getUTCFullYear() === new Date(now).getUTCFullYear();
  return `${sameYear ? date.slice(0, -5) : date}, ${clock} UTC`;
}

/** A time that comes within a day needs no date: `03:40 UTC`. */
export function soon(at: string, now: number = Date.now()): string {
  const ahead = Date.parse(at) - now;
  return ahead >= 0 && ahead < DAY_MS ? when(at, Date.parse(at)) : when(at, now);
}

/** `19 Nov 2026`, from the first ten characters of an ISO time. */
export function day(at: string): string {
  const [year, month, date] = at.slice(0, 10).split("-");
  return `${Number(date)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}

/** `612 B`, `12.3 KiB`, `1.2 MiB`. */
export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  const kib = count / 1024;
  return kib < 1024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}

function two(part: number): string {
  return String(part).padStart(2, "0");
}
