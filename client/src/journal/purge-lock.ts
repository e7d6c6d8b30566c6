import { open, rm, stat, utimes } from "node:fs/promises";

/** A purge says every second that it is alive; one that has not for this long has died. */
const ALIVE_MS = 1_000;
const DEAD_MS = 15_000;
const POLL_MS = 10;

/**
 * Waits until no other process purges, then keeps them out.
 *
 * @returns how to let go
 * @throws the system's error when the lock file cannot be made
 */
export async function holdPurgeLock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    await purgeOver(path);
    try {
      await (await open(path, "wx", 0o600)).close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (!(await alive(path))) await rm(path, { force: true });
    }
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, ALIVE_MS).unref();
  return async () => {
    clearInterval(beat);
    await rm(path, { force: true });
  };
}

/** Resolves when no living process holds the lock. */
export async function purgeOver(path: string): Promise<void> {
  while (await alive(path)) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

export async function alive(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && Math.abs(Date.now() - found.mtimeMs) < DEAD_MS;
}
