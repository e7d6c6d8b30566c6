import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { LiveContext, useLive } from "../state/live.ts";
import { type Api, type ApiError, createApi, type Params } from "./api.ts";
import { askPatiently, waitFor } from "./patience.ts";

export const ApiContext = createContext<Api>(createApi(() => {}));

/**
 * The latest answers by their questions, so that a page one comes back to is there at once and only
 * refreshed. They end with the session: the next one to sign in may see less.
 */
export type Answers = Map<string, unknown>;
export const AnswersContext = createContext<Answers>(new Map());
const MOST_ANSWERS = 100;

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
 * Asks a question of the read API, and again when what is asked changes and with every refresh of the
 * page. The answer to an earlier question stays, marked, until the next one is there. A collector that
 * is too busy is asked again when it says so, before that is an error.
 * @param params null asks nothing
 * @example const query = useQuestion<Breakdown>("installs/breakdown", { ...scope.params, field })
 */
export function useQuestion<T>(path: string, params: Params | null): Query<T> {
  const api = useApi();
  const live = useContext(LiveContext);
  const tick = useLive((state) => state.tick);
  const [attempt, setAttempt] = useState(0);
  const [failure, setFailure] = useState<{ key: string; error: ApiError } | null>(null);
  const key = params && `${path} ${JSON.stringify(params)}`;
  const known = useContext(AnswersContext);
  const [answer, setAnswer] = useState<{ key: string; data: T } | null>(() => {
    const data = key === null ? undefined : (known.get(key) as T | undefined);
    return key === null || data === undefined ? null : { key, data };
  });
  const asked = useRef(params);
  asked.current = params;

  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    const settle = live.began();
    const ask = () => api.ask<T>(path, asked.current ?? {}, abort.signal);
    // Once it is known that the collector does not answer, nobody is to wait for each card anew.
    const patient = !live.state().failing;
    void (patient ? askPatiently(ask, (seconds) => waitFor(seconds, abort.signal)) : ask()).then(
      (result) => {
        if (abort.signal.aborted) return;
        settle(result.ok);
        if (result.ok) {
          keep(known, key, result.value);
          setAnswer({ key, data: result.value });
        }
        setFailure(result.ok ? null : { key, error: result.error });
      },
    );
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

function keep(known: Answers, key: string, data: unknown): void {
  known.delete(key);
  known.set(key, data);
  const [oldest] = known.keys();
  if (known.size > MOST_ANSWERS && oldest !== undefined) known.delete(oldest);
}
