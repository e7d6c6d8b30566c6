/** What is unfinished at the deadline, say a rename, gets this long: a hundred times what it takes. */
const GRACE_MS = 1_000;

/**
 * Waits for `work`, but after `signal` only for a moment longer: a disk that hangs must not hold up
 * the end of the app. Never rejects.
 */
export async function withinGrace(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => {};
  const over = new Promise<void>((resolve) => {
    // Keeps the process alive: something is unfinished.
    onAbort = () => {
      timer = setTimeout(resolve, GRACE_MS);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  await Promise.race([work.catch(() => {}), over]);
  clearTimeout(timer);
  signal.removeEventListener("abort", onAbort);
}
