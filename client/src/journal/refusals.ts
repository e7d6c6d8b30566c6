export interface Refusal {
  event: string;
  field: string;
  reason: string;
}

export interface Refusals {
  /** Writes the first of its kind in a minute at once, and counts the others. */
  count(refusal: Refusal): void;
  /** Writes what was counted since. */
  flush(): void;
  /** Forgets what was counted. */
  forget(): void;
}

const WINDOW_MS = 60_000;
/** In one window; an app that makes names up must not fill the memory. */
const MAX_KINDS = 1_000;
const MAX_NAME = 100;

/**
 * Keeps a loop in the app from filling the log: one line for each (event, field, reason), then one
 * with the count of the rest a minute later. All counts together are the refusals that there were.
 *
 * @param write called with how many refusals the line stands for
 * @param overflow called at the end of a window with how many were of too many different kinds
 */
export function createRefusals(
  now: () => number,
  write: (refusal: Refusal, count: number) => void,
  overflow: (count: number) => void,
): Refusals {
  const kinds = new Map<string, { refusal: Refusal; more: number }>();
  let beyond = 0;
  let windowEnds = 0;
  let timer: NodeJS.Timeout | null = null;

  function count(given: Refusal): void {
    if (now() >= windowEnds) {
      forgetWindow();
      windowEnds = now() + WINDOW_MS;
      timer = setTimeout(forgetWindow, WINDOW_MS).unref();
    }
    const refusal = {
      event: given.event.slice(0, MAX_NAME),
      field: given.field.slice(0, MAX_NAME),
      reason: given.reason.slice(0, MAX_NAME),
    };
    const key = JSON.stringify(refusal);
    const known = kinds.get(key);
    if (known !== undefined) known.more++;
    else if (kinds.size >= MAX_KINDS) beyond++;
    else {
      kinds.set(key, { refusal, more: 0 });
      write(refusal, 1);
    }
  }

  function flush(): void {
    for (const kind of kinds.values()) {
      if (kind.more > 0) write(kind.refusal, kind.more);
      kind.more = 0;
    }
    if (beyond > 0) overflow(beyond);
    beyond = 0;
  }

  function forgetWindow(): void {
    flush();
    forget();
  }

  function forget(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    kinds.clear();
    beyond = 0;
    windowEnds = 0;
  }

  return { count, flush, forget };
}
