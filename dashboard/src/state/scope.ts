import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Params } from "../api/api.ts";
import { type Query, useQuestion } from "../api/query.ts";
import type { ActiveInstalls, InstallsSummary } from "../api/shell.ts";
import type { Mark } from "../chart/model.ts";
import type { Interval } from "../format/dates.ts";
import { useLive } from "./live.ts";
import { useMarks } from "./marks.ts";
import { useNavigation } from "./navigation.ts";
import {
  beginning,
  type Days,
  defaultInterval,
  intervalsFor,
  previousDays,
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
  /** The same for the days compared with; null while nothing is compared. */
  previous: Params | null;
  /** Releases and notes that charts over time mark. */
  marks: readonly Mark[];
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
    ...(view.lifetime === "all" ? {} : { lifetime: view.lifetime }),
  };
  const summary = useQuestion<InstallsSummary>("installs/summary", view.app ? params : null);
  const marks = useMarks(view.app, days);
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
    previous: view.compare === "off" ? null : { ...params, ...previousDays(days, view.compare) },
    marks,
    summary,
  };
}

/** The first month with an install, asked only for "all time". */
function useFirstDay(view: View): string | null {
  const now = new Date();
  const from = beginning(now);
  const params = { app: view.app, from, to: utcDay(now), interval: "month", admitted: "all" };
  const { data, error } = useQuestion<ActiveInstalls>(
    "installs/active",
    view.range.kind === "all" ? params : null,
  );
  if (error) return from;
  if (!data) return null;
  return data.rows.find((row) => row.installs > 0)?.start ?? utcDay(now);
}
