const UNITS = [
  { seconds: 86_400, name: "d" },
  { seconds: 3600, name: "h" },
  { seconds: 60, name: "min" },
  { seconds: 1, name: "s" },
] as const;

/**
 * A length of time in its largest unit, with one decimal below ten.
 * @param seconds not negative
 * @example formatDuration(5400) // "1.5 h"
 */
export function formatDuration(seconds: number): string {
  const unit = UNITS.find((each) => seconds >= each.seconds) ?? UNITS[3];
  const value = seconds / unit.seconds;
  const digits = value < 9.95 && unit.seconds > 1 ? 1 : 0;
  return `${Number(value.toFixed(digits))} ${unit.name}`;
}
