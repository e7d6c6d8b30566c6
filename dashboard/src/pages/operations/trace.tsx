import { useEffect, useRef } from "preact/hooks";
import { useQuestion } from "../../api/query.ts";
import type { Trace as Answer } from "../../api/signals.ts";
import { DataTable } from "../../card/data-table.tsx";
import { FigureCard } from "../../card/figure-card.tsx";
import { formatInstant } from "../../format/dates.ts";
import { formatCount } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { operationsText } from "../../text/operations.ts";
import { formatMilliseconds } from "./values.ts";

const { column } = operationsText;
type Span = Answer["rows"][number];
/** Deeper than this a name would begin outside of its column. */
const MOST_INDENTS = 10;

/** One trace as a waterfall: a table whose bars say when each span ran. */
export function Trace({ traceId }: { traceId: string }) {
  const { view } = useScope();
  const [, choose] = useChoice("trace", "");
  const place = useRef<HTMLDivElement>(null);
  const query = useQuestion<Answer>("signals/trace", { app: view.app, trace_id: traceId });
  // What was pressed may be far from where the trace is shown.
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
    place.current?.focus({ preventScroll: true });
  }, [traceId]);
  return (
    <div class="operations-trace" ref={place} tabIndex={-1}>
      <FigureCard
        id="trace"
        title={operationsText.trace}
        query={query}
        definition={operationsText.traceFoot}
        empty={(data) => data.rows.length === 0 && operationsText.traceGone}
        summary={summaryOf}
        actions={
          <button type="button" class="button" onClick={() => choose("")}>
            {operationsText.close}
          </button>
        }
        chart={(data, summary) => <Waterfall data={data} label={summary} />}
        table={(data) => ({
          columns: [
            { id: "name", label: column.name },
            { id: "depth", label: operationsText.depth, unit: "count" },
            { id: "kind", label: column.kind },
            { id: "service", label: column.service },
            { id: "version", label: column.version },
            { id: "offset_ms", label: operationsText.after, unit: "count", print: printTime },
            { id: "duration_ms", label: column.duration, unit: "count", print: printTime },
            { id: "failed", label: column.failed },
            { id: "span_id", label: column.name, exportOnly: true },
          ],
          rows: data.rows.map((row) => [
            ...[row.name, row.depth, row.kind, row.service, row.version],
            ...[row.offset, row.duration],
            row.failed ? operationsText.failed : operationsText.ok,
            row.spanId,
          ]),
        })}
      />
    </div>
  );
}

function Waterfall({ data, label }: { data: Answer; label: string }) {
  const [chosen, choose] = useChoice("span", "");
  const span = data.rows.find(({ spanId }) => spanId === chosen);
  return (
    <>
      <DataTable
        label={label}
        rows={data.rows}
        keyOf={(row) => row.spanId}
        columns={[
          {
            id: "name",
            label: column.name,
            heads: true,
            class: "span-name",
            cell: (row) => (
              <span
                class="span-label"
                style={{ paddingInlineStart: `${Math.min(row.depth, MOST_INDENTS) * 12}px` }}
              >
                <button
                  type="button"
                  class="pick"
                  aria-pressed={row.spanId === chosen}
                  title={operationsText.details(row.name)}
                  onClick={() => choose(row.spanId === chosen ? "" : row.spanId)}
                >
                  {row.name}
                </button>
                {row.orphan && <span class="quiet"> {operationsText.orphan}</span>}
              </span>
            ),
          },
          {
            id: "timeline",
            label: operationsText.timeline,
            class: "span-time",
            cell: (row) => <TimeBar row={row} whole={data.duration} />,
          },
          {
            id: "duration",
            label: column.duration,
            numeric: true,
            cell: (row) => formatMilliseconds(row.duration),
          },
          { id: "kind", label: column.kind, cell: (row) => row.kind },
          {
            id: "failed",
            label: column.failed,
            cell: (row) =>
              row.failed ? (
                <span class="span-failed">{operationsText.failed}</span>
              ) : (
                <span class="quiet">{operationsText.ok}</span>
              ),
          },
          { id: "service", label: column.service, cell: (row) => row.service },
        ]}
      />
      {span && <Details span={span} />}
    </>
  );
}

function TimeBar({ row, whole }: { row: Span; whole: number }) {
  const part = (value: number) => (whole > 0 ? Math.min(100, (value / whole) * 100) : 0);
  const said = operationsText.bar(formatMilliseconds(row.offset), formatMilliseconds(row.duration));
  return (
    <span class="span-track" title={said}>
      <span class="visually-hidden">{said}</span>
      <span
        class={row.failed ? "span-bar failed" : "span-bar"}
        style={{
          insetInlineStart: `${part(row.offset)}%`,
          inlineSize: `${whole > 0 ? part(row.duration) : 100}%`,
        }}
      />
    </span>
  );
}

/** What was kept of a span beside its times. */
function Details({ span }: { span: Span }) {
  return (
    <section class="span-details" aria-label={operationsText.details(span.name)}>
      <h3>{span.name}</h3>
      {span.attributes.length === 0 && <p class="quiet">{operationsText.noAttributes}</p>}
      <dl>
        {[
          ...(span.version === null ? [] : [{ key: "service.version", value: span.version }]),
          ...span.attributes,
        ].map(({ key, value }) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
      </dl>
      {span.events.length > 0 && (
        <ul>
          {span.events.map(({ name, offset }) => (
            <li key={`${name} ${offset}`}>
              {operationsText.event(name, formatMilliseconds(offset))}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const printTime = (cell: unknown) => formatMilliseconds(Number(cell));

function summaryOf({ spans, rows, duration, start }: Answer): string {
  const said = operationsText.traceSummary(
    ...([formatCount(spans), spans === 1, formatMilliseconds(duration)] as const),
    formatInstant(start ?? "1970-01-01", new Date()),
  );
  return rows.length < spans ? said + operationsText.traceCut(formatCount(rows.length)) : said;
}
