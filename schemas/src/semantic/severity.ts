import { closedSet } from "../closed-set.ts";

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/** The short names of OpenTelemetry's 24 severities, in the order of their numbers from 1 on. */
const NAMES: readonly string[] = LEVELS.flatMap((level) => [
  level,
  ...[2, 3, 4].map((step) => `${level}${step}`),
]);

/** What loggers call them. */
const SPELLINGS: Readonly<Record<string, string>> = {
  TRACE: "verbose finest silly",
  DEBUG: "fine debugging",
  INFO: "information informational log config",
  INFO2: "notice",
  WARN: "warning",
  ERROR: "err severe",
  ERROR2: "critical crit",
  ERROR3: "alert",
  FATAL: "emergency emerg panic",
};

const severities = closedSet(
  Object.fromEntries(NAMES.map((name) => [name, SPELLINGS[name] ?? ""])),
);

/** A severity's number, 1 to 24; 0 for none. */
export const severityNumber = (number: number): number =>
  Number.isInteger(number) && number >= 1 && number <= NAMES.length ? number : 0;

/**
 * A severity's name, of a closed set: what the sender called it, or else what its number is called.
 *
 * @param number as `severityNumber` gives it
 * @returns "" where neither says one
 * @example
 * severityText("warning", 13); // "WARN"
 * severityText("Ann's level", 9); // "INFO"
 */
export function severityText(text: string, number: number): string {
  return knownSeverity(text) || (NAMES[number - 1] ?? "");
}

const ENUM_PREFIX = "SEVERITY_NUMBER_";

/** The number of an enum's name in OTLP's JSON, or null: `SEVERITY_NUMBER_INFO` is 9. */
export function severityByName(name: string): number | null {
  if (name === `${ENUM_PREFIX}UNSPECIFIED`) return 0;
  const at = name.startsWith(ENUM_PREFIX) ? NAMES.indexOf(name.slice(ENUM_PREFIX.length)) : -1;
  return at === -1 ? null : at + 1;
}

/** The canonical name of a severity that loggers know, or "". */
export const knownSeverity = (text: string): string =>
  text === "" || text.length > 20 ? "" : severities.normalise(text);
