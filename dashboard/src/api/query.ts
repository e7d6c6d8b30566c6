import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { LiveContext, useLive } from "../state/live.ts";
import { type Api, type ApiError, createApi, type Result } from "./api.ts";

export const ApiContext = createContext<Api>(createApi(() => {}));

export function useApi(): Api {
  return useContext(ApiContext);
}

/** A question's state on the screen. */
export interface Query<T> {
  /** The last answer, also one to an earlier question while the new one is under way. */
  data: T | null;
  /** Whether `data` answers an earlier question: show it faded. */
  outdated: boolean;
  /** Why the latest attempt got no answer. */
  error: ApiError | null;
  retry: () => void;
}

/**
 * Asks when `key` changes and again with every refresh of the page.
 * @param key says what is asked; the same key gives the same answer, only fresher. Null asks nothing.
 */
export function useQuery<T>(
  key: string | null,
  ask: (api: Api, signal: AbortSignal) => Promise<Result<T>>,
): Query<T> {
  const api = useApi();
  const live = useContext(LiveContext);
  const tick = useLive((state) => state.tick);
  const [attempt, setAttempt] = useState(0);
  const [answer, setAnswer] = useState<{ key: string; data: T } | null>(null);
  const [failure, setFailure] = useState<{ key: string; error: ApiError } | null>(null);
  const latest = useRef(ask);
  latest.current = ask;

  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    const settle = live.began();
    void latest.current(api, abort.signal).then((result) => {
      if (abort.signal.aborted) return;
      settle(result.ok);
      if (result.ok) setAnswer({ key, data: result.value });
      setFailure(result.ok ? null : { key, error: result.error });
    });
    return () => {
      abort.abort();
      settle(null);
    };
  }, [api, live, key, tick, attempt]);

  return {
    data: answer?.data ?? null,
    outdated: answer !== null && answer.key !== key,
    error: failure && failure.key === key ? failure.error : null,
    retry: () => setAttempt(attempt + 1),
  };
}
