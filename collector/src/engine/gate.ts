/** Lets a bounded number of tasks run and a bounded number wait. */
export interface Gate {
  /** Resolves with the function that gives the place back; null at once when too many wait. */
  enter(): Promise<() => void> | null;
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
    enter() {
      if (free > 0) {
        free--;
        return Promise.resolve(place());
      }
      if (queue.length >= waiting) return null;
      return new Promise((resolve) => queue.push(() => resolve(place())));
    },
  };
}
