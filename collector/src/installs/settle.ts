import type { Loader } from "../store/load.ts";

/** Resolves true once everything acknowledged before the call can be read in the store. */
export type Settle = () => Promise<boolean>;

/**
 * Closes the open segment and waits for the loader, for at most `ms`; false where that is not enough.
 * Callers share one wait, so that many of them close no more segments than one does.
 */
export function createSettle(loader: Pick<Loader, "idle">, ms: number): Settle {
  let running: Promise<boolean> | null = null;
  let queued: Promise<boolean> | null = null;

  function begin(): Promise<boolean> {
    const mine = loader.idle().then(
      () => true,
      () => false,
    );
    running = mine;
    return mine.finally(() => {
      if (running === mine) running = null;
    });
  }

  function join(): Promise<boolean> {
    if (running === null) return begin();
    // What runs may have closed its segment before the caller's records were in it.
    queued ??= running.then(() => {
      queued = null;
      return begin();
    });
    return queued;
  }

  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false);
    });
    try {
      return await Promise.race([join(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
