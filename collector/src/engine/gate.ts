/** Lets a bounded number of tasks run and a bounded number wait. */
export interface Gate {
  /**
   * Resolves with the function that gives the place back; null at once when too many wait. Rejects
   * with the signal's reason when it aborts before there is a place.
   */
  enter(signal?: AbortSignal): Promise<() => void> | null;
}

export function createGate(running: number, waiting: number): Gate {
  let free = running;
  const queue: (() => void)[] = [];
  const leave = (): void => {
    const next = queue.shift();
    if (next === undefined) free++;
    else next();
  };
  const place = (): (() => void) => {
    let left = false;
    return () => {
      if (!left) leave();
      left = true;
    };
  };
  return {
    enter(signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (free > 0) {
        free--;
        return Promise.resolve(place());
      }
      if (queue.length >= waiting) return null;
      return new Promise((resolve, reject) => {
        const begin = () => {
          signal?.removeEventListener("abort", giveUp);
          resolve(place());
        };
        const giveUp = () => {
          queue.splice(queue.indexOf(begin), 1);
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", giveUp, { once: true });
        queue.push(begin);
      });
    },
  };
}
