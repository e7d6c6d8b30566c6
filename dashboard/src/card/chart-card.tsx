import type { ComponentChildren } from "preact";
import type { Query } from "../api/query.ts";
import { LineChart } from "../chart/line-chart.tsx";
import type { PlotModel } from "../chart/model.ts";
import { formatBucket } from "../format/dates.ts";
import { formatExact, formatPercent } from "../format/numbers.ts";
import { ChartIcon, TableIcon } from "../shell/icons.tsx";
import { useNavigation } from "../state/navigation.ts";
import { useScope } from "../state/scope.ts";
import { hasFilters } from "../state/view.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";
import type { Export } from "./csv.ts";
import { DataTable } from "./data-table.tsx";
import { exportTable } from "./export.ts";
import { useNamed } from "./use-names.ts";

/** A card whose answer is a chart over time, with its summary, its table and its export. */
export function ChartCard<T extends { asOf: string }>(props: {
  id: string;
  title: string;
  query: Query<T>;
  model: (data: T) => PlotModel;
  summary: (model: PlotModel) => string;
  definition: string;
  actions?: ComponentChildren;
  class?: string;
}) {
  const scope = useScope();
  const { change, view } = useNavigation();
  const [asTable, toggleTable] = useNamed("table", props.id);
  const exportOf = (data: T): Export => {
    const model = props.model(data);
    return exportTable(scope, {
      name: props.id,
      title: props.title,
      definition: props.definition,
      asOf: data.asOf,
      columns: [model.interval, ...model.series.map((series) => series.name), "complete"],
      rows: model.starts.map((start, at) => [
        start,
        ...model.series.map((series) => series.values[at] ?? null),
        at < model.starts.length - model.incomplete ? "yes" : "no",
      ]),
    });
  };
  return (
    <Card
      id={props.id}
      title={props.title}
      query={props.query}
      tall
      class={`chart-card ${props.class ?? ""}`}
      foot={() => props.definition}
      exportOf={exportOf}
      actions={
        <>
          {view.zoom && (
            <button type="button" class="button reset-zoom" onClick={() => change({ zoom: null })}>
              {text.chart.resetZoom}
            </button>
          )}
          {props.actions}
          <button
            type="button"
            class="button icon-button quiet-button"
            aria-pressed={asTable}
            aria-label={text.card.asTable}
            title={asTable ? text.card.asChart : text.card.asTable}
            onClick={toggleTable}
          >
            {asTable ? <ChartIcon /> : <TableIcon />}
          </button>
        </>
      }
    >
      {(data) => (
        <Figure
          data={data}
          model={props.model}
          summary={props.summary}
          title={props.title}
          asTable={asTable}
          filtered={hasFilters(view.filters)}
        />
      )}
    </Card>
  );
}

function Figure<T>(props: {
  data: T;
  model: (data: T) => PlotModel;
  summary: (model: PlotModel) => string;
  title: string;
  asTable: boolean;
  filtered: boolean;
}) {
  const model = props.model(props.data);
  const nothing = model.series.every((series) => series.values.every((value) => !value));
  if (model.series.length === 0 || nothing) {
    return <p class="card-empty">{props.filtered ? text.card.emptyFiltered : text.card.empty}</p>;
  }
  const summary = props.summary(model);
  // A single bucket has no course to draw: its table says it all.
  return (
    <figure>
      {props.asTable || model.starts.length === 1 ? (
        <BucketTable model={model} title={props.title} />
      ) : (
        <LineChart model={model} label={summary} />
      )}
      <figcaption class="summary">{summary}</figcaption>
    </figure>
  );
}

function BucketTable({ model, title }: { model: PlotModel; title: string }) {
  const print = model.unit === "share" ? formatPercent : formatExact;
  const rows = model.starts.map((_, at) => model.starts.length - 1 - at);
  return (
    <DataTable
      label={title}
      rows={rows}
      keyOf={String}
      columns={[
        {
          id: "start",
          label: text.column[model.interval],
          heads: true,
          cell: (at) => (
            <>
              {formatBucket(model.starts[at] ?? "", model.interval)}
              {at >= model.starts.length - model.incomplete && (
                <span class="quiet"> {text.chart.incomplete}</span>
              )}
            </>
          ),
        },
        ...model.series.map((series) => ({
          id: series.name,
          label: series.name,
          numeric: true,
          cell: (at: number) => {
            const value = series.values[at];
            return value === null || value === undefined ? "–" : print(value);
          },
        })),
      ]}
    />
  );
}
