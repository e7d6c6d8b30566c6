import "./operations.css";
import { useQuestion } from "../../api/query.ts";
import type { SignalRequests, SignalStatus } from "../../api/signals.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { Empty } from "./empty.tsx";
import { FilterRow } from "./filter-row.tsx";
import { narrowing, useBucket, useSignalFilters, useSignalParams } from "./filters.ts";
import { MetricsExplorer } from "./metrics.tsx";
import { DurationsChart, ErrorsChart, RequestsChart } from "./request-charts.tsx";
import { RoutesTable, VersionsTable } from "./request-tables.tsx";
import { Slowest } from "./slowest.tsx";
import { Trace } from "./trace.tsx";

/** How the app itself runs, as far as its traces and metrics say. */
export default function Operations() {
  const { view, days } = useScope();
  const filters = useSignalFilters();
  const params = useSignalParams();
  const { bucket } = useBucket();
  const [trace] = useChoice("trace", "");
  const status = useQuestion<SignalStatus>("signals/status", {
    ...{ app: view.app, from: days.from, to: days.to },
  });
  const query = useQuestion<SignalRequests>("signals/requests", {
    ...{ ...params, interval: bucket },
    ...(filters.route && { route: filters.route }),
  });
  if (status.data && !status.outdated && status.data.rows.every(({ received }) => received === 0)) {
    return <Empty status={status.data} />;
  }
  const narrowed = narrowing(filters);
  const unrouted = narrowing({ ...filters, route: "" });
  return (
    <>
      <FilterRow status={status.data} />
      <div class="grid">
        <RequestsChart query={query} narrowed={narrowed} />
        <ErrorsChart query={query} narrowed={narrowed} />
        <DurationsChart query={query} narrowed={narrowed} />
        <RoutesTable query={query} narrowed={unrouted} />
        <VersionsTable query={query} narrowed={narrowing({ ...filters, version: "" })} />
        <Slowest narrowed={unrouted} />
        {trace !== "" && <Trace traceId={trace} />}
        <MetricsExplorer narrowed={unrouted} />
      </div>
    </>
  );
}
