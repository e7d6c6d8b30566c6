const full = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A share of fewer things than this is shown as "n/N": a percentage would suggest precision. */
export const SMALLEST_BASE_FOR_PERCENT = 30;

/**
 * Every digit, for hover texts and exports seen by people.
 * @example formatExact(1234567) // "1,234,567"
 */
export function formatExact(value: number): string {
  return full.format(value);
}

/**
 * A count for tiles, tables and axes: in full below 10,000, then three or so digits with k, M or G.
 * Show `formatExact` on hover beside it.
 * @example formatCount(9999) // "9,999"
 * @example formatCount(12_345) // "12.3k"
 */
export function formatCount(value: number): string {
  if (Math.abs(value) < 10_000) return full.format(value);
  for (const [size, unit] of [
    [1e3, "k"],
    [1e6, "M"],
    [1e9, "G"],
  ] as const) {
    const scaled = value / size;
    const digits = Math.abs(scaled) < 99.95 ? 1 : 0;
    const rounded = Number(scaled.toFixed(digits));
    if (Math.abs(rounded) < 1000 || unit === "G") return `${rounded}${unit}`;
  }
  return full.format(value);
}

/**
 * A ratio (0.5 = half) as a percentage: one decimal below 10, none from there on.
 * @example formatPercent(0.0734) // "7.3%"
 * @example formatPercent(0.384) // "38%"
 */
export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.05) return "<0.1%";
  return `${percent.toFixed(Math.abs(percent) < 9.95 ? 1 : 0)}%`;
}

/**
 * A part of a whole by the rules above: a percentage, or "n/N" when the whole is under 30, or a
 * dash when there is no whole to speak of.
 * @example formatShare(460, 1204) // "38%"
 * @example formatShare(4, 12) // "4/12"
 */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return "–";
  if (whole < SMALLEST_BASE_FOR_PERCENT) return `${full.format(part)}/${full.format(whole)}`;
  return formatPercent(part / whole);
}

/** The exact pair behind a share, for hover texts: "460 of 1,204". */
export function formatShareExact(part: number, whole: number): string {
  return `${full.format(part)} of ${full.format(whole)}`;
}

/**
 * How far a value lies from an earlier one: counts with a sign and in percent, shares in points.
 * @param unit shares are between 0 and 1
 * @example formatDifference(120, 100, "count") // "+20 (+20%)"
 * @example formatDifference(0.42, 0.4, "share") // "+2.0 points"
 */
export function formatDifference(now: number, before: number, unit: "count" | "share"): string {
  const difference = now - before;
  if (unit === "share") {
    const points = difference * 100;
    const digits = Math.abs(points) < 9.95 ? 1 : 0;
    return `${sign(points)}${Math.abs(points).toFixed(digits)} points`;
  }
  const count = `${sign(difference)}${full.format(Math.abs(difference))}`;
  // A percentage of a handful would suggest precision.
  if (difference === 0 || before < SMALLEST_BASE_FOR_PERCENT) return count;
  return `${count} (${sign(difference)}${formatPercent(Math.abs(difference) / before)})`;
}

/** A minus as long as the plus; nothing before a zero. */
function sign(value: number): string {
  return value > 0 ? "+" : value < 0 ? "−" : "";
}
