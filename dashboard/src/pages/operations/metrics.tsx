import { type Query, useQuestion } from "../../api/query.ts";
import type { Metric, Metrics, Statistic } from "../../api/signals.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { TableCard } from "../../card/table-card.tsx";
import { summarise } from "../../chart/summary.ts";
import { formatInstant } from "../../format/dates.ts";
import { formatCount } from "../../format/numbers.ts";
import { CloseIcon } from "../../shell/icons.tsx";
import { useChoice, useNavigation } from "../../state/navigation.ts";
import { operationsText } from "../../text/operations.ts";
import { useChoices } from "../usage/choices.ts";
import { joinList, splitList } from "../usage/conditions.ts";
import { useBucket, useSignalParams } from "./filters.ts";
import { groupName, metricModel, nameOf, printerFor, STATISTICS } from "./metric-model.ts";

const { column } = operationsText;
const keyOf = ({ metric, kind, unit }: Metrics["rows"][number]) => `${metric} ${kind} ${unit}`;

/** One metric over time, broken down and narrowed as one likes, and the list of all. */
export function MetricsExplorer({ narrowed }: { narrowed: string }) {
  const params = useSignalParams();
  const { bucket } = useBucket();
  const list = useQuestion<Metrics>("signals/metrics", params);
  const { choices } = useNavigation().view;
  const rows = list.data?.rows ?? [];
  const chosen = rows.find((row) => keyOf(row) === choices.metric) ?? usual(rows);
  const where = splitList(choices.where ?? "");
  const query = useQuestion<Metric>(
    "signals/metric",
    chosen
      ? {
          ...params,
          ...{ metric: chosen.metric, kind: chosen.kind, interval: bucket },
          ...(chosen.unit && { unit: chosen.unit }),
          ...(choices.by && { by: choices.by }),
          ...(where.length > 0 && { where }),
        }
      : null,
  );
  const { data } = query;
  const statistic = choices.statistic ?? "";
  const only = where.length > 0 ? operationsText.filter.of(where) : "";
  if (!chosen && (list.data || list.error)) {
    return <MetricList query={list} narrowed={narrowed} chosen="" />;
  }
  const measure = data?.measure ?? "value";
  return (
    <>
      <ChartCard
        id="metric"
        title={operationsText.metrics}
        query={query}
        empty={operationsText.noMetrics}
        definition={(answer) => definitionOf(answer) + only + narrowed}
        model={(answer) => metricModel(answer, statistic)}
        // The last answer is that about the metric before, for a moment.
        summary={(model) => summarise(model, data?.metric ?? "")}
        actions={
          <Controls
            rows={rows}
            chosen={chosen ? keyOf(chosen) : ""}
            data={data}
            by={choices.by ?? ""}
            where={where}
            statistic={statistic}
          />
        }
      />
      {data && data.by !== null && (
        <TableCard
          id="metric-values"
          title={operationsText.groups}
          query={query}
          empty={operationsText.noMetrics}
          definition={operationsText.measure[measure] + only + narrowed}
          table={(answer) => {
            const shown = columnsOf(answer);
            return {
              columns: [
                { id: "value", label: answer.by ?? column.name },
                { id: "points", label: operationsText.points, unit: "count" },
                ...shown.map((name) => ({
                  ...{ id: name, label: nameOf(name), unit: "count" as const },
                  print: (cell: unknown) =>
                    typeof cell === "number"
                      ? printerFor(name, answer.measure, answer.unit)(cell)
                      : "–",
                })),
              ],
              rows: answer.rows.map((row) => [
                row.kind === "other"
                  ? operationsText.other(formatCount(answer.folded))
                  : groupName({ ...row, lines: [] }),
                row.points,
                ...shown.map((name) => row[name]),
              ]),
            };
          }}
        />
      )}
      <MetricList query={list} narrowed={narrowed} chosen={chosen ? keyOf(chosen) : ""} />
    </>
  );
}

/** Where none is chosen: how long requests take, else the metric with most points. */
function usual(rows: Metrics["rows"]): Metrics["rows"][number] | undefined {
  const byPoints = [...rows].sort((a, b) => b.points - a.points);
  return rows.find(({ metric }) => metric === "http.server.request.duration") ?? byPoints[0];
}

const definitionOf = ({ kind, unit, measure }: Metric): string =>
  `${operationsText.about(operationsText.kind[kind ?? ""] ?? "", unit)} ${operationsText.measure[measure]}`;

function columnsOf({ measure }: Metric): readonly Statistic[] {
  const shown: Record<Metric["measure"], readonly Statistic[]> = {
    value: ["avg", "min", "max"],
    rate: ["grown", "rate"],
    level: ["avg", "min", "max"],
    percentiles: ["grown", "rate", "p50", "p95", "p99"],
    quantiles: [],
  };
  return shown[measure];
}

function Controls(props: {
  rows: Metrics["rows"];
  chosen: string;
  data: Metric | null;
  by: string;
  where: readonly string[];
  statistic: string;
}) {
  const { rows, data, by, where } = props;
  const set = useChoices();
  const statistics = data ? STATISTICS[data.measure] : [];
  const broken = by !== "";
  const options = [...(broken ? [] : [""]), ...statistics];
  const attributes = data?.attributes ?? [];
  return (
    <div class="operations-controls">
      <select
        class="field inline-field metric-field"
        aria-label={operationsText.metric}
        value={props.chosen}
        onChange={(event) =>
          // Another metric has other attributes.
          set({ metric: event.currentTarget.value, by: "", where: "", statistic: "" })
        }
      >
        {rows.map((row) => (
          <option key={keyOf(row)} value={keyOf(row)}>
            {nameIn(rows, row)}
          </option>
        ))}
      </select>
      <select
        class="field inline-field"
        aria-label={operationsText.by}
        value={by}
        onChange={(event) => set({ by: event.currentTarget.value, statistic: "" })}
      >
        <option value="">{`${operationsText.by}: ${operationsText.nothing}`}</option>
        {[...new Set([...attributes.map(({ key }) => key), by])].filter(Boolean).map((key) => (
          <option key={key} value={key}>
            {key}
          </option>
        ))}
      </select>
      <select
        class="field inline-field"
        aria-label={operationsText.where}
        value=""
        onChange={(event) => set({ where: joinList([...where, event.currentTarget.value]) })}
      >
        <option value="">{`${operationsText.where}: ${operationsText.any}`}</option>
        {attributes.map(({ key, values }) => (
          <optgroup key={key} label={key}>
            {values.map((value) => (
              <option
                key={value}
                value={`${key}=${value}`}
                disabled={where.includes(`${key}=${value}`)}
              >
                {value}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      {statistics.length > 1 && (
        <select
          class="field inline-field"
          aria-label={operationsText.statistic}
          value={props.statistic || (broken ? statistics[0] : "")}
          onChange={(event) => set({ statistic: event.currentTarget.value })}
        >
          {options.map((value) => (
            <option key={value} value={value}>
              {`${operationsText.statistic}: ${value === "" ? operationsText.together : nameOf(value)}`}
            </option>
          ))}
        </select>
      )}
      {where.map((condition) => (
        <button
          key={condition}
          type="button"
          class="chip"
          aria-label={operationsText.filter.remove(operationsText.where, condition)}
          onClick={() => set({ where: joinList(where.filter((each) => each !== condition)) })}
        >
          {condition} <CloseIcon />
        </button>
      ))}
    </div>
  );
}

/** A metric's name; where it came as several, also its kind and unit. */
function nameIn(rows: Metrics["rows"], row: Metrics["rows"][number]): string {
  const alone = rows.filter(({ metric }) => metric === row.metric).length === 1;
  if (alone) return row.metric;
  return `${row.metric} (${[operationsText.kind[row.kind], row.unit].filter(Boolean).join(", ")})`;
}

function MetricList(props: { query: Query<Metrics>; narrowed: string; chosen: string }) {
  const set = useChoices();
  const [open] = useChoice("metric", "");
  return (
    <TableCard
      id="metrics"
      title={operationsText.list}
      query={props.query}
      empty={operationsText.noMetrics}
      definition={operationsText.listFoot + props.narrowed}
      summary={(data) => operationsText.listSummary(formatCount(data.metrics), data.metrics === 1)}
      table={(data) => ({
        columns: [
          {
            id: "metric",
            label: operationsText.metric,
            print: (cell, at) => {
              const key = keyOf(data.rows[at] as Metrics["rows"][number]);
              return (
                <button
                  type="button"
                  class="pick"
                  aria-pressed={key === (open || props.chosen)}
                  title={operationsText.only(String(cell))}
                  onClick={() => set({ metric: key, by: "", where: "", statistic: "" })}
                >
                  {cell}
                </button>
              );
            },
          },
          { id: "kind", label: column.kind, print: (cell) => operationsText.kind[String(cell)] },
          { id: "unit", label: operationsText.unit },
          { id: "points", label: operationsText.points, unit: "count" },
          { id: "series", label: operationsText.series, unit: "count" },
          {
            id: "last",
            label: operationsText.last,
            print: (cell) => formatInstant(String(cell), new Date()),
          },
        ],
        rows: data.rows.map((row) => [
          ...[row.metric, row.kind, row.unit, row.points, row.series, row.last],
        ]),
      })}
    />
  );
}
