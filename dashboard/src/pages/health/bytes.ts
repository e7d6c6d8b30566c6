const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/**
 * A size in its largest unit, with one decimal below ten.
 *
 * @example formatBytes(1_610_612_736) // "1.5 GiB"
 */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
