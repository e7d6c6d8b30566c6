import type { BaseReport } from "../delivery/encode.ts";

/**
 * The report with less in it that tells installs apart: the system's first number, the language
 * without its region, and the time zone's offset of this moment.
 *
 * @example
 * coarsen({ os_version: "6.1.0-18", locale: "en_US", timezone: "Europe/Berlin" }, winter);
 * // { os_version: "6", locale: "en", timezone: "+01:00" }
 */
export function coarsen(report: BaseReport, now: Date): BaseReport {
  const coarse: BaseReport = { ...report };
  const { os_version, locale, timezone } = report;
  if (os_version !== undefined) coarse.os_version = /^\d+/.exec(os_version)?.[0] ?? "";
  if (locale !== undefined) coarse.locale = locale.split(/[_.@-]/, 1)[0] as string;
  if (timezone !== undefined) coarse.timezone = offsetOf(timezone, now);
  // What has no coarse form is left out.
  for (const field of ["os_version", "locale", "timezone"]) {
    if (coarse[field] === "") delete coarse[field];
  }
  return coarse;
}

const OFFSET = /^GMT(?:([+-])(\d\d):?(\d\d)(?::?\d\d)?)?$/;
const PLAIN_OFFSET = /^[+-]\d\d:\d\d$/;

/** `+01:00`, or `UTC` for none; "" for what is no time zone. */
function offsetOf(timeZone: string, now: Date): string {
  if (timeZone === "UTC" || PLAIN_OFFSET.test(timeZone)) return timeZone;
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    const name = format.formatToParts(now).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [whole, sign, hours, minutes] = OFFSET.exec(name) ?? [];
    if (whole === undefined) return "";
    if (sign === undefined || `${hours}${minutes}` === "0000") return "UTC";
    return `${sign}${hours}:${minutes}`;
  } catch {
    return "";
  }
}
