/** Steps of an axis from zero: 1, 2 or 5 times a power of ten, about `wanted` of them. */
export function ticksTo(most: number, wanted: number): number[] {
  const rough = Math.max(1, most) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? rough;
  const whole = Math.max(1, step);
  return Array.from({ length: Math.ceil(Math.max(1, most) / whole) + 1 }, (_, at) => at * whole);
}

/** Up to `wanted` places of a list at even distances, the last one among them. */
export function placesOf(length: number, wanted: number): number[] {
  const step = Math.max(1, Math.ceil((length - 1) / Math.max(1, wanted - 1)));
  return Array.from({ length }, (_, at) => at).filter((at) => (length - 1 - at) % step === 0);
}

/** An SVG path through points; null leaves a gap. */
export function linePath(points: readonly (readonly [number, number] | null)[]): string {
  let pen = "M";
  return points
    .map((point) => {
      if (point === null) {
        pen = "M";
        return "";
      }
      const drawn = `${pen}${round(point[0])} ${round(point[1])}`;
      pen = "L";
      return drawn;
    })
    .join("");
}

/** The area between two lines of the same places. */
export function bandPath(
  xs: readonly number[],
  upper: readonly number[],
  lower: readonly number[],
): string {
  const there = xs.map((x, at) => [x, upper[at] ?? 0] as const);
  const back = xs.map((x, at) => [x, lower[at] ?? 0] as const).reverse();
  return there.length === 0 ? "" : `${linePath([...there, ...back])}Z`;
}

/** Each value as a part of its day's sum; 0 where there is nothing. */
export function sharesOf(rows: readonly (readonly (number | null)[])[]): number[][] {
  const days = rows[0]?.length ?? 0;
  const sums = Array.from({ length: days }, (_, day) =>
    rows.reduce((sum, row) => sum + (row[day] ?? 0), 0),
  );
  return rows.map((row) => row.map((installs, day) => (installs ?? 0) / (sums[day] || 1)));
}

const round = (value: number) => Math.round(value * 10) / 10;
