import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Params } from "../api/api.ts";
import { type Query, useQuery } from "../api/query.ts";
import type { InstallsSummary } from "../api/types.ts";
import type { Interval } from "../format/dates.ts";
import { useLive } from "./live.ts";
import { useNavigation } from "./navigation.ts";
import {
  beginning,
  type Days,
  defaultInterval,
  intervalsFor,
  resolveRange,
  utcDay,
} from "./ranges.ts";
import type { View } from "./view.ts";

/** What every card asks about: the view with its days worked out, and the page's denominators. */
export interface Scope {
  view: View;
  days: Days;
  interval: Interval;
  intervals: Interval[];
  /** The query parameters that all questions share. */
  params: Params;
  /** The page's denominators; `total`, `admitted` and `pending` count everyone. */
  summary: Query<InstallsSummary>;
}

export const ScopeContext = createContext<Scope | null>(null);

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (!scope) throw new Error("useScope outside of a page");
  return scope;
}

/** Works out the scope of the view; null while the first day of "all time" is not known yet. */
export function useScopeOfView(): Scope | null {
  const { view } = useNavigation();
  // A new refresh may fall on a new day.
  useLive((state) => state.tick);
  const firstDay = useFirstDay(view);
  const days = resolveRange(view.range, new Date(), firstDay ?? undefined);
  const params: Params = {
    app: view.app,
    from: days.from,
    to: days.to,
    ...view.filters,
    admitted: view.admitted,
  };
  const summary = useQuery(questionKey("summary", params), (api, signal) =>
    api.summary(params, signal),
  );
  if (view.range.kind === "all" && firstDay === null) return null;
  const intervals = intervalsFor(days);
  const interval =
    view.interval && intervals.includes(view.interval) ? view.interval : defaultInterval(days);
  return {
    view,
    days,
    interval,
    intervals,
    params,
    summary,
  };
}

/** Names a question so that equal questions have equal names. */
export function questionKey(name: string, params: Params): string {
  return `${name} ${JSON.stringify(params)}`;
}

/** The first month with an install, asked only for "all time". */
function useFirstDay(view: View): string | null {
  const now = new Date();
  const from = beginning(now);
  const params = { app: view.app, from, to: utcDay(now), interval: "month", admitted: "all" };
  const { data, error } = useQuery(
    view.range.kind === "all" ? questionKey("first day", params) : null,
    (api, signal) => api.active(params, signal),
  );
  if (error) return from;
  if (!data) return null;
  return data.rows.find((row) => row.installs > 0)?.start ?? utcDay(now);
}
