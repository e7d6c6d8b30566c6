import type { Query } from "../../api/query.ts";
import type { SignalRequests, Timed } from "../../api/signals.ts";
import type { Cell } from "../../card/csv.ts";
import type { FigureColumn } from "../../card/figure-rows.tsx";
import { TableCard } from "../../card/table-card.tsx";
import { formatCount } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import type { Days } from "../../state/ranges.ts";
import { useScope } from "../../state/scope.ts";
import { operationsText } from "../../text/operations.ts";
import { UNKNOWN_VERSION } from "./filters.ts";
import { formatMilliseconds, formatNumber } from "./values.ts";

const { column } = operationsText;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Routes by requests; a press shows one of them in the charts. */
export function RoutesTable({
  query,
  narrowed,
}: {
  query: Query<SignalRequests>;
  narrowed: string;
}) {
  const [chosen, choose] = useChoice("route", "");
  const { days } = useScope();
  const services = new Set(query.data?.rows.map(({ service }) => service));
  return (
    <TableCard
      id="routes"
      title={operationsText.routes}
      query={query}
      empty={operationsText.noRequests}
      definition={(data) =>
        operationsText.routesFoot + operationsText.within(data.exact) + narrowed
      }
      summary={summaryOf}
      table={(data) => ({
        columns: [
          {
            id: "route",
            label: column.route,
            print: (cell, at) =>
              data.rows[at]?.kind === "other" ? (
                cell
              ) : (
                <Pick name={String(cell)} value={String(cell)} {...{ chosen, choose }} />
              ),
          },
          {
            id: "service",
            label: column.service,
            ...(services.size > 2 ? {} : { exportOnly: true }),
          },
          ...timedColumns(data.rows, column.requests, hoursOf(days, data)),
        ],
        rows: data.rows.map((row) => [
          row.kind === "other" ? operationsText.other(formatCount(data.foldedRoutes)) : row.route,
          row.service,
          ...timedCells(row, hoursOf(days, data)),
        ]),
      })}
    />
  );
}

/** Versions by requests; a press shows one of them in the charts. */
export function VersionsTable(props: { query: Query<SignalRequests>; narrowed: string }) {
  const { days } = useScope();
  const [chosen, choose] = useChoice("release", "");
  return (
    <TableCard
      id="request-versions"
      title={operationsText.versions}
      query={props.query}
      empty={operationsText.noRequests}
      definition={(data) =>
        operationsText.versionsFoot + operationsText.within(data.exact) + props.narrowed
      }
      table={(data) => ({
        columns: [
          {
            id: "version",
            label: column.version,
            print: (cell, at) =>
              data.versions[at]?.kind === "other" ? (
                cell
              ) : (
                <Pick
                  name={String(cell)}
                  value={data.versions[at]?.version ?? UNKNOWN_VERSION}
                  {...{ chosen, choose }}
                />
              ),
          },
          ...timedColumns(data.versions, column.requests, hoursOf(days, data)),
        ],
        rows: data.versions.map((row) => [
          row.kind === "other"
            ? operationsText.others
            : (row.version ?? operationsText.filter.unknown),
          ...timedCells(row, hoursOf(days, data)),
        ]),
      })}
    />
  );
}

function Pick(props: {
  name: string;
  value: string;
  chosen: string;
  choose: (value: string) => void;
}) {
  const pressed = props.chosen === props.value;
  return (
    <button
      type="button"
      class="pick"
      aria-pressed={pressed}
      title={operationsText.only(props.name)}
      onClick={() => props.choose(pressed ? "" : props.value)}
    >
      {props.name}
    </button>
  );
}

/** The columns that tables of spans share. */
export function timedColumns(
  rows: readonly Timed[],
  count: string,
  hours: number | null,
): FigureColumn[] {
  return [
    { id: "count", label: count, unit: "count" },
    ...(hours === null
      ? []
      : [
          {
            ...{ id: "per_hour", label: column.rate, unit: "count" as const },
            print: (cell: Cell) => formatNumber(Number(cell)),
          },
        ]),
    {
      id: "failed",
      label: column.failed,
      unit: "share",
      pair: (at) => [rows[at]?.errors ?? 0, rows[at]?.count ?? 0],
    },
    ...(["p50", "p95", "p99"] as const).map((name) => ({
      ...{ id: `${name}_ms`, label: column[name], unit: "count" as const, print: printDuration },
    })),
  ];
}

export const timedCells = (row: Timed, hours: number | null): Cell[] => [
  row.count,
  ...(hours === null ? [] : [row.count / hours]),
  row.count > 0 ? row.errors / row.count : null,
  ...[row.p50, row.p95, row.p99],
];

export const printDuration = (cell: Cell) =>
  typeof cell === "number" ? formatMilliseconds(cell) : "–";

/** How many hours of the range data is known of. */
function hoursOf({ from, to }: Days, { asOf }: SignalRequests): number {
  const until = Math.min(Date.parse(asOf), Date.parse(to) + DAY_MS);
  return Math.max(1, (until - Date.parse(from)) / HOUR_MS);
}

function summaryOf({ rows, foldedRoutes }: SignalRequests): string {
  const named = rows.filter(({ kind }) => kind === "value");
  const [first] = named;
  if (!first) return "";
  const slowest = named.reduce((worst, row) => ((row.p95 ?? 0) > (worst.p95 ?? 0) ? row : worst));
  const count = named.length + foldedRoutes;
  return operationsText.routesSummary(
    ...([formatCount(count), count === 1, first.route, slowest.route] as const),
    formatMilliseconds(slowest.p95 ?? 0),
  );
}
