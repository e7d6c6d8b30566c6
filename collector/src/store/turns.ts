/** Lets one thing happen at a time, in the order of asking. */
export interface Turns {
  /** Runs `work` alone. Gives what it gives; a turn that fails does not stop the next one. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** The same, or "busy" where the turn has not come within so many milliseconds: then it never runs. */
  takeWithin<T>(ms: number, work: () => Promise<T>): Promise<T | "busy">;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();

  function take<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  }

  return {
    take,
    takeWithin<T>(ms: number, work: () => Promise<T>) {
      return new Promise<T | "busy">((resolve, reject) => {
        let late = false;
        const timer = setTimeout(() => {
          late = true;
          resolve("busy");
        }, ms);
        const mine = take(async () => {
          clearTimeout(timer);
          return late ? ("busy" as const) : await work();
        });
        mine.then(resolve, reject);
      });
    },
  };
}
