/**
 * Marks of a value axis that begins at zero: four or five of them at 1, 2, 2.5 or 5 times a power
 * of ten, the last at or above the largest value.
 * @param most the largest value, in the axis' unit; @param whole counts have no half ticks
 * @example valueTicks(1044, true) // [0, 500, 1000, 1500]
 */
export function valueTicks(most: number, whole: boolean): number[] {
  const top = most > 0 ? most : 1;
  const power = 10 ** Math.floor(Math.log10(top / 5));
  const steps = [1, 2, 2.5, 5, 10, 20].map((factor) => factor * power);
  const usable = whole ? steps.filter((step) => Number.isInteger(step)) : steps;
  const step = usable.find((each) => Math.ceil(top / each - 1e-9) <= 4) ?? 1;
  const count = Math.ceil(top / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/**
 * Positions of the time labels: every n-th bucket, n chosen so that labels have `room` pixels,
 * counted back from the newest so that the newest complete stretch always ends on a label.
 * @example bucketTicks(28, 700, 72) // [0, 3, 6, …, 27]
 */
export function bucketTicks(buckets: number, width: number, room: number): number[] {
  const most = Math.max(1, Math.floor(width / room));
  const stride = [1, 2, 3, 5, 7, 10, 14, 21, 28, 56, 91, 182].find(
    (n) => Math.ceil(buckets / n) <= most,
  );
  const step = stride ?? Math.max(1, Math.ceil(buckets / most));
  const ticks: number[] = [];
  for (let index = buckets - 1; index >= 0; index -= step) ticks.unshift(index);
  return ticks;
}

/**
 * Marks of a value axis that goes both ways: the step that suits the longer side, on both.
 * @example signedTicks(-12, 40, true) // [-20, 0, 20, 40]
 */
export function signedTicks(least: number, most: number, whole: boolean): number[] {
  const ticks = valueTicks(Math.max(most, -least), whole);
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const below = Math.ceil(-least / step - 1e-9);
  const above = Math.max(1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: below + above + 1 }, (_, at) =>
    Number(((at - below) * step).toPrecision(12)),
  );
}
