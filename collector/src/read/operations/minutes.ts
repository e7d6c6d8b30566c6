/** What is counted: totals that only grow. */
export interface Totals {
  accepted: number;
  refused: number;
  dropped: number;
}

/** Counts by minute, oldest first; null in minutes that nobody watched. */
export interface Minutes {
  /** First moments of the minutes, ISO 8601. */
  starts: string[];
  accepted: (number | null)[];
  refused: (number | null)[];
  dropped: (number | null)[];
}

const MINUTE_MS = 60_000;
/** What comes between two looks is counted in the minute of the later one. */
const LOOK_EVERY_MS = 5_000;
const KEPT = 60;

/**
 * Remembers how much totals grew in each of the last minutes.
 *
 * @example
 * const minutes = createMinutes(totals);
 * minutes.start();
 * (await minutes.last(60, new Date())).accepted.at(-1) // in the running minute
 */
export function createMinutes(totals: () => Promise<Totals>) {
  const grown = new Map<number, Totals>();
  let before: Totals | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function look(now: Date): Promise<void> {
    const after = await totals();
    const minute = Math.floor(now.getTime() / MINUTE_MS);
    const counted = grown.get(minute) ?? { accepted: 0, refused: 0, dropped: 0 };
    for (const name of ["accepted", "refused", "dropped"] as const) {
      counted[name] += after[name] - (before ?? after)[name];
    }
    before = after;
    grown.set(minute, counted);
    for (const old of grown.keys()) if (old <= minute - KEPT) grown.delete(old);
  }

  return {
    start(): void {
      void look(new Date());
      timer = setInterval(() => void look(new Date()), LOOK_EVERY_MS);
      timer.unref();
    },
    stop(): void {
      clearInterval(timer);
    },
    look,
    async last(count: number, now: Date): Promise<Minutes> {
      await look(now);
      const current = Math.floor(now.getTime() / MINUTE_MS);
      const minutes = Array.from({ length: count }, (_, at) => current - count + 1 + at);
      const of = (name: keyof Totals) => minutes.map((minute) => grown.get(minute)?.[name] ?? null);
      return {
        starts: minutes.map((minute) => new Date(minute * MINUTE_MS).toISOString()),
        accepted: of("accepted"),
        refused: of("refused"),
        dropped: of("dropped"),
      };
    },
  };
}
