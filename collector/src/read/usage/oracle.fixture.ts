/*
 * The same questions answered from the rows by plain loops, for tests on random histories. Nothing
 * here is shared with the statements that are tested.
 */

/** A record of the detailed layer, as far as these questions look at it. */
export interface OracleRecord {
  install: number | string;
  /** Known within all installs; 0, "" or none for nobody. */
  user?: number | string;
  /** ISO time. */
  at: string;
  event: string;
  properties?: Record<string, string>;
}

export interface OracleStep<R = OracleRecord> {
  event: string;
  /** A property and the value that it must have. */
  property?: [key: string, value: string];
  /** Any other condition. */
  holds?: (row: R) => boolean;
}

export interface OracleFunnel<R = OracleRecord> {
  steps: OracleStep<R>[];
  windowMs: number;
  join: "install" | "user";
  /** First millisecond of the range, and the first after it. */
  from: number;
  until: number;
}

const timeOf = (row: OracleRecord) =>
  new Date(row.at.length === 10 ? `${row.at}T12:00:00.000Z` : row.at).getTime();

const isStep = <R extends OracleRecord>(row: R, { event, property, holds }: OracleStep<R>) =>
  row.event === event &&
  (property === undefined || row.properties?.[property[0]] === property[1]) &&
  (holds === undefined || holds(row));

/** Every entity with its rows; users that are not known are none. */
function entities<R extends OracleRecord>(rows: readonly R[], join: "install" | "user"): R[][] {
  const known = join === "install" ? rows : rows.filter(({ user }) => user);
  return [...Map.groupBy(known, (row) => row[join]).values()];
}

/**
 * Tries every choice of one record a step that keeps the order and the window, and takes the best:
 * the furthest, then the one that was there first, then the one that began last, and so on.
 *
 * @returns for each step how many got there, and the times in milliseconds from the step before
 */
export function funnelOracle<R extends OracleRecord>(
  rows: readonly R[],
  { steps, windowMs, join, from, until }: OracleFunnel<R>,
): { entities: number[]; gaps: number[][] } {
  const reached = steps.map(() => 0);
  const gaps = steps.map((): number[] => []);
  for (const own of entities(rows, join)) {
    const marks = (row: R) => steps.map((step) => isStep(row, step));
    const bits = (row: R) => marks(row).reduce((sum, is, at) => sum + (is ? 2 ** at : 0), 0);
    const ordered = own
      .filter((row) => timeOf(row) >= from && marks(row).includes(true))
      .sort(
        (a, b) =>
          timeOf(a) - timeOf(b) ||
          marks(a).indexOf(true) - marks(b).indexOf(true) ||
          bits(a) - bits(b),
      );
    let best: number[] = [];
    const isBetter = (run: number[]) => {
      if (run.length !== best.length) return run.length > best.length;
      // Places in the order: the last one earliest, then each one before it as late as can be.
      for (let at = run.length - 1; at >= 0; at--) {
        const [one, other] = [run[at] as number, best[at] as number];
        if (one !== other) return at === run.length - 1 ? one < other : one > other;
      }
      return false;
    };
    const walk = (run: number[]) => {
      if (run.length > 0 && isBetter(run)) best = run;
      const step = steps[run.length];
      if (step === undefined) return;
      for (let at = (run.at(-1) ?? -1) + 1; at < ordered.length; at++) {
        const row = ordered[at] as R;
        if (!isStep(row, step)) continue;
        const begun = timeOf(ordered[run[0] ?? at] as R);
        if (run.length === 0 ? timeOf(row) >= until : timeOf(row) - begun > windowMs) continue;
        walk([...run, at]);
      }
    };
    walk([]);
    for (const [level, place] of best.entries()) {
      reached[level] = (reached[level] ?? 0) + 1;
      const before = best[level - 1];
      if (before === undefined) continue;
      gaps[level]?.push(timeOf(ordered[place] as R) - timeOf(ordered[before] as R));
    }
  }
  return { entities: reached, gaps };
}

/** The middle value; of an even number of them the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1] as number, sorted[middle] as number];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/** How often each sequence of next steps came, keyed by names joined with ">"; "." ends a session. */
export function pathsOracle(
  rows: readonly OracleRecord[],
  asked: { event: string; direction: "after" | "before"; hidden: string[]; gapMs: number },
): Map<string, number> {
  const found = new Map<string, number>();
  for (const own of entities(rows, "user")) {
    const seen = own.filter(({ event }) => !asked.hidden.includes(event));
    seen.sort((a, b) => timeOf(a) - timeOf(b) || (a.event < b.event ? -1 : 1));
    const sessions: string[][] = [];
    for (const [at, row] of seen.entries()) {
      const before = seen[at - 1];
      const goesOn = before !== undefined && timeOf(row) - timeOf(before) <= asked.gapMs;
      if (!goesOn) sessions.push([]);
      const session = sessions.at(-1) as string[];
      if (session.at(-1) !== row.event) session.push(row.event);
    }
    for (const session of sessions) {
      if (asked.direction === "before") session.reverse();
      for (const [at, event] of session.entries()) {
        if (event !== asked.event) continue;
        const next = [1, 2, 3].map((step) => session[at + step] ?? ".");
        found.set(next.join(">"), (found.get(next.join(">")) ?? 0) + 1);
      }
    }
  }
  return found;
}
