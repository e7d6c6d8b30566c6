export interface LaneOptions {
  /** How many at once. */
  lanes: number;
  onDone(done: number, whole: number): void;
}

/** Works through a list in its order, some at once. After a failure no more are begun. */
export async function inLanes<T>(
  list: readonly T[],
  work: (item: T) => Promise<void>,
  { lanes, onDone }: LaneOptions,
): Promise<void> {
  let next = 0;
  let done = 0;
  onDone(0, list.length);
  const lane = async () => {
    while (next < list.length) {
      const item = list[next++]!;
      await work(item).catch((error: unknown) => {
        next = list.length;
        throw error;
      });
      onDone(++done, list.length);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
