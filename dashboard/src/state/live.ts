import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

/** How often every card asks again while the page is visible. */
const PERIOD_MS = 30_000;

export interface LiveState {
  /** Goes up by one with every refresh; questions run again when it changes. */
  tick: number;
  /** When the last answer arrived (milliseconds since 1970); null before the first. */
  updatedAt: number | null;
  /** Questions under way. */
  pending: number;
  /** Whether the latest question to settle got no answer. */
  failing: boolean;
}

/** The page's one clock for refreshing: all cards refresh in step, none while hidden. */
export interface Live {
  state(): LiveState;
  subscribe(listener: () => void): () => void;
  /** A question says that it began, and calls the answer with how it went (null: given up). */
  began(): (answered: boolean | null) => void;
  refresh(): void;
  /** Refreshes at another pace while something is being waited for; call the answer to go back. */
  hurry(periodMs: number): () => void;
  start(): () => void;
}

export function createLive(): Live {
  let state: LiveState = { tick: 0, updatedAt: null, pending: 0, failing: false };
  let period = PERIOD_MS;
  let ticked = Date.now();
  const listeners = new Set<() => void>();
  const change = (part: Partial<LiveState>) => {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  };
  const refresh = () => {
    ticked = Date.now();
    change({ tick: state.tick + 1 });
  };
  const refreshWhenDue = () => {
    if (!document.hidden && Date.now() - ticked >= period) refresh();
  };
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    began() {
      change({ pending: state.pending + 1 });
      let settled = false;
      return (answered) => {
        if (settled) return;
        settled = true;
        const pending = state.pending - 1;
        if (answered === null) change({ pending });
        else if (answered) change({ pending, failing: false, updatedAt: Date.now() });
        else change({ pending, failing: true });
      };
    },
    refresh,
    hurry(periodMs) {
      period = periodMs;
      return () => {
        period = PERIOD_MS;
      };
    },
    start() {
      const timer = setInterval(refreshWhenDue, 1000);
      document.addEventListener("visibilitychange", refreshWhenDue);
      return () => {
        clearInterval(timer);
        document.removeEventListener("visibilitychange", refreshWhenDue);
      };
    },
  };
}

export const LiveContext = createContext<Live>(createLive());

/** One value of the clock's state; renders again only when that value changes. */
export function useLive<T>(select: (state: LiveState) => T): T {
  const live = useContext(LiveContext);
  const [value, setValue] = useState(() => select(live.state()));
  useEffect(() => {
    setValue(() => select(live.state()));
    return live.subscribe(() => setValue(() => select(live.state())));
  }, [live]);
  return value;
}
