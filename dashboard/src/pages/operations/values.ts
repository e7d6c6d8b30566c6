import { formatCount } from "../../format/numbers.ts";

/**
 * A number with three digits that matter.
 * @example formatNumber(0.01234) // "0.0123"
 */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 1000 ? formatCount(value) : String(Number(value.toPrecision(3)));
}

/**
 * A duration in the unit that suits it.
 * @example formatMilliseconds(1234) // "1.23 s"
 */
export function formatMilliseconds(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  if (size >= 3_600_000) return `${formatNumber(milliseconds / 3_600_000)} h`;
  if (size >= 60_000) return `${formatNumber(milliseconds / 60_000)} min`;
  if (size >= 1000) return `${formatNumber(milliseconds / 1000)} s`;
  if (size >= 1 || size === 0) return `${formatNumber(milliseconds)} ms`;
  return `${formatNumber(milliseconds * 1000)} µs`;
}

/** What one of a unit is in milliseconds. */
const DURATIONS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const BYTES: Record<string, number> = {
  By: 1,
  kBy: 1e3,
  MBy: 1e6,
  KiBy: 1024,
  MiBy: 1024 ** 2,
  GiBy: 1024 ** 3,
};

/**
 * Writes values of a metric.
 * @param unit in UCUM
 * @example printerOf("By")(1_500_000) // "1.5 MB"
 */
export function printerOf(unit: string): (value: number) => string {
  const milliseconds = DURATIONS[unit];
  if (milliseconds !== undefined) return (value) => formatMilliseconds(value * milliseconds);
  const bytes = BYTES[unit];
  if (bytes !== undefined) return (value) => formatBytes(value * bytes);
  // "1" and "{request}" say what is counted, not what it is measured in.
  if (unit === "" || unit === "1" || unit.startsWith("{")) return formatNumber;
  return (value) => `${formatNumber(value)} ${unit}`;
}

function formatBytes(bytes: number): string {
  for (const [size, name] of [
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
  ] as const) {
    if (Math.abs(bytes) >= size) return `${formatNumber(bytes / size)} ${name}`;
  }
  return `${formatNumber(bytes)} B`;
}
