import { useQuestion } from "../../api/query.ts";
import type { SlowestSpans } from "../../api/signals.ts";
import type { FigureTable } from "../../card/figure-rows.tsx";
import { TableCard } from "../../card/table-card.tsx";
import { formatInstant } from "../../format/dates.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { operationsText } from "../../text/operations.ts";
import { useSignalParams } from "./filters.ts";
import { printDuration, timedCells, timedColumns } from "./request-tables.tsx";
import { formatMilliseconds } from "./values.ts";

const { column, show } = operationsText;
const SHOWN = ["names", "single"] as const;

/** What takes longest, by name or one by one; a press shows the trace. */
export function Slowest({ narrowed }: { narrowed: string }) {
  const query = useQuestion<SlowestSpans>("signals/slowest", useSignalParams());
  const [asked, setShown] = useChoice("show", "names");
  const shown = SHOWN.find((each) => each === asked) ?? "names";
  const single = shown === "single";
  return (
    <TableCard
      id="slowest"
      title={operationsText.slowest}
      query={query}
      empty={operationsText.noSpans}
      definition={(data) =>
        single
          ? operationsText.singleFoot + narrowed
          : operationsText.slowestFoot + operationsText.within(data.exact) + narrowed
      }
      summary={(data) => (single ? singleSummary(data) : namesSummary(data))}
      actions={
        <Segmented
          label={show.label}
          value={shown}
          onChange={setShown}
          options={SHOWN.map((each) => ({ value: each, label: show[each] }))}
        />
      }
      table={single ? singleTable : namesTable}
    />
  );
}

function namesTable(data: SlowestSpans): FigureTable {
  return {
    columns: [
      {
        id: "name",
        label: column.name,
        print: (_, at) => <TraceButton {...(data.rows[at] as SlowestSpans["rows"][number])} />,
      },
      { id: "kind", label: column.kind },
      { id: "service", label: column.service },
      ...timedColumns(data.rows, column.spans, null),
      { id: "longest_ms", label: column.longest, unit: "count", print: printDuration },
      { id: "trace_id", label: column.trace, exportOnly: true },
    ],
    rows: data.rows.map((row) => [
      ...[row.name, row.kind, row.service],
      ...timedCells(row, null),
      ...[row.longest, row.traceId],
    ]),
  };
}

function singleTable(data: SlowestSpans): FigureTable {
  return {
    columns: [
      {
        id: "name",
        label: column.name,
        print: (_, at) => <TraceButton {...(data.spans[at] as SlowestSpans["spans"][number])} />,
      },
      { id: "duration_ms", label: column.duration, unit: "count", print: printDuration },
      { id: "time", label: column.time, print: (cell) => formatInstant(String(cell), new Date()) },
      { id: "kind", label: column.kind },
      { id: "failed", label: column.failed },
      { id: "service", label: column.service },
      { id: "version", label: column.version },
      { id: "route", label: column.route, exportOnly: true },
      { id: "trace_id", label: column.trace, exportOnly: true },
    ],
    rows: data.spans.map((row) => [
      ...[row.name, row.duration, row.time, row.kind],
      row.failed ? operationsText.failed : operationsText.ok,
      ...[row.service, row.version, row.route, row.traceId],
    ]),
  };
}

function TraceButton({ name, traceId }: { name: string; traceId: string }) {
  const [chosen, choose] = useChoice("trace", "");
  if (traceId === "") return <>{name}</>;
  return (
    <button
      type="button"
      class="pick"
      aria-pressed={chosen === traceId}
      title={operationsText.openTrace(name)}
      onClick={() => choose(chosen === traceId ? "" : traceId)}
    >
      {name}
    </button>
  );
}

const namesSummary = ({ rows: [first] }: SlowestSpans): string =>
  first ? operationsText.slowestSummary(first.name, formatMilliseconds(first.p95 ?? 0)) : "";
const singleSummary = ({ spans: [first] }: SlowestSpans): string =>
  first ? operationsText.singleSummary(first.name, formatMilliseconds(first.duration)) : "";
