import type { Browser, Page } from "playwright-core";

interface TraceEvent {
  name: string;
  /** "X": has a duration. */
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  ts: number;
  dur?: number;
  args: { data?: { type?: string } };
}

/** A whole task of a thread; tasks hold all else and never each other. */
const TASK = "RunTask";

/**
 * Milliseconds that the page's main thread worked from each move of the pointer to the next: its events,
 * frame callbacks, style, layout and paint, by the browser's own performance timeline. Drawing the
 * painted layers onto the screen is another thread's work.
 */
export async function workPerMove(
  browser: Browser,
  page: Page,
  move: () => Promise<void>,
): Promise<number[]> {
  await browser.startTracing(page, {
    categories: ["devtools.timeline", "disabled-by-default-devtools.timeline"],
  });
  await move();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const events = trace.traceEvents.filter(({ ph }) => ph === "X");
  const moves = events
    .filter(({ name, args }) => name === "EventDispatch" && args.data?.type === "mousemove")
    .toSorted((left, right) => left.ts - right.ts);
  const [first] = moves;
  if (!first) throw new Error("the performance timeline holds no move of the pointer");
  const tasks = events
    .filter(({ name, pid, tid }) => name === TASK && pid === first.pid && tid === first.tid)
    .toSorted((left, right) => left.ts - right.ts);
  if (tasks.length === 0) throw new Error("the performance timeline holds no task");
  // The last move has no next one that would end its time.
  return moves.slice(0, -1).map((one, at) => {
    const [from, until] = [taskOf(tasks, one), taskOf(tasks, moves[at + 1] ?? one)];
    const between = tasks.filter(({ ts }) => ts >= from && ts < until);
    return between.reduce((sum, { dur }) => sum + (dur ?? 0), 0) / 1000;
  });
}

/** When the task began in which an event was dispatched. */
function taskOf(tasks: readonly TraceEvent[], event: TraceEvent): number {
  return tasks.findLast(({ ts }) => ts <= event.ts)?.ts ?? event.ts;
}
