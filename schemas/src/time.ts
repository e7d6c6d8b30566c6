// YYYY-MM-DDTHH:MM[:SS[.fraction]][Z|±HH:MM]. `Date.parse` is not used: it accepts prose.
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|([+-])(\d{2}):?(\d{2}))?$/i;

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/**
 * Unix milliseconds of an ISO 8601 time, or 0 where it is malformed or not in 2000 to 2099. A time
 * without an offset is UTC; what is finer than a millisecond is cut off.
 *
 * @example
 * parseTime("2026-07-12T03:04:05.123456+00:00"); // 1783825445123
 */
export function parseTime(text: string): number {
  if (text.length > 40) return 0;
  const match = ISO.exec(text);
  if (match === null) return 0;
  const part = (at: number): number => Number(match[at] ?? 0);
  const [month, day] = [part(2), part(3)];
  if (month < 1 || month > 12 || part(4) > 23 || part(5) > 59 || part(6) > 60) return 0;
  const milliseconds = Number((match[7] ?? "0").padEnd(3, "0").slice(0, 3));
  const utc = Date.UTC(part(1), month - 1, day, part(4), part(5), part(6), milliseconds);
  // Date.UTC turns the 31st of February into the 3rd of March.
  if (new Date(Date.UTC(part(1), month - 1, day)).getUTCDate() !== day) return 0;
  const offset = (part(10) * 60 + part(11)) * 60_000;
  const time = match[9] === "-" ? utc + offset : utc - offset;
  return time >= EARLIEST && time < LATEST ? time : 0;
}
