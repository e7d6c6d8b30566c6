import type { ComponentChildren } from "preact";
import type { Query } from "../api/query.ts";
import type { AsOf } from "../api/shell.ts";
import { LineChart } from "../chart/line-chart.tsx";
import {
  countPoints,
  isIncomplete,
  type Mark,
  marksAt,
  nameOf,
  noteOf,
  type PlotModel,
} from "../chart/model.ts";
import { lastPoint } from "../chart/summary.ts";
import { formatBucket } from "../format/dates.ts";
import { formatDifference } from "../format/numbers.ts";
import { useNavigation } from "../state/navigation.ts";
import { useScope } from "../state/scope.ts";
import { text } from "../text/shell.ts";
import { FigureCard } from "./figure-card.tsx";
import type { FigureTable } from "./figure-rows.tsx";

/**
 * A card whose answer is a chart with a scale along the bottom.
 * @param props.previous the answer for the days compared with; charts of one series draw it
 */
export function ChartCard<T extends AsOf>(props: {
  id: string;
  title: string;
  query: Query<T>;
  previous?: Query<T>;
  model: (data: T) => PlotModel;
  summary: (model: PlotModel) => string;
  definition: string;
  /** What to say when there is nothing to draw. */
  empty?: string;
  /** Draws the model another way than as one chart. */
  draw?: (model: PlotModel, summary: string) => ComponentChildren;
  actions?: ComponentChildren;
  class?: string;
}) {
  const { marks } = useScope();
  const { change, view } = useNavigation();
  const zoomed = view.zoom !== null && !(props.query.data && props.model(props.query.data).days);
  const before = view.compare === "off" ? null : (props.previous?.data ?? null);
  const modelOf = (data: T): PlotModel => {
    const model = props.model(data);
    if (!before || view.compare === "off" || model.series.length !== 1) return model;
    const { starts, series } = props.model(before);
    const values = fromFirst(series[0]?.values ?? []);
    const usual = text.compare.name[view.compare];
    const name = values.some((value) => value !== null) ? usual : text.compare.nothing(usual);
    return { ...model, comparison: { name, starts, values } };
  };
  return (
    <FigureCard
      id={props.id}
      title={props.title}
      query={props.query}
      definition={props.definition}
      class={props.class ?? ""}
      actions={
        <>
          {zoomed && (
            <button type="button" class="button reset-zoom" onClick={() => change({ zoom: null })}>
              {text.chart.resetZoom}
            </button>
          )}
          {props.actions}
        </>
      }
      empty={(data) => isEmpty(modelOf(data)) && (props.empty ?? true)}
      summary={(data) => {
        const model = modelOf(data);
        return [props.summary(model), compareLast(model)].filter(Boolean).join(" ");
      }}
      // A single bucket has no course to draw: its table says it all.
      chart={(data, summary) => {
        const model = modelOf(data);
        if (countPoints(model) < 2) return null;
        return props.draw?.(model, summary) ?? <LineChart model={model} label={summary} />;
      }}
      table={(data) => tableOf(modelOf(data), marks)}
    />
  );
}

/** Before anybody reported there is nothing to compare with: gaps in place of zeros. */
function fromFirst(values: (number | null)[]): (number | null)[] {
  const first = values.findIndex((value) => value !== null && value > 0);
  return values.map((value, at) => (first < 0 || at < first ? null : value));
}

/** How the last complete point stands to the same place in the days compared with. */
function compareLast(model: PlotModel): string {
  const { comparison } = model;
  const at = lastPoint(model);
  const now = model.series[0]?.values[at];
  const before = comparison?.values[at];
  const start = comparison?.starts[at];
  if (now == null || before == null || !start) return "";
  return text.compare.summary(
    formatDifference(now, before, model.unit),
    formatBucket(start, model.interval),
  );
}

function isEmpty(model: PlotModel): boolean {
  return model.series.every((series) => series.values.every((value) => !value));
}

function tableOf(model: PlotModel, marks: readonly Mark[]): FigureTable {
  const points = Array.from({ length: countPoints(model) }, (_, at) => at);
  const { comparison } = model;
  return {
    newestFirst: !model.days,
    columns: [
      {
        id: model.days ? "day" : model.interval,
        label: model.days ? text.column.dayNumber : text.column[model.interval],
        print: (_, at) => <PointName model={model} marks={marks} at={at} />,
      },
      ...model.series.map((series) => ({ id: series.name, label: series.name, unit: model.unit })),
      ...(comparison ? [{ id: "compared_with", label: comparison.name, unit: model.unit }] : []),
      { id: "complete", label: text.column.complete, exportOnly: true },
    ],
    rows: points.map((at) => [
      model.days ? (model.days[at] ?? 0) : (model.starts[at] ?? ""),
      ...model.series.map((series) => series.values[at] ?? null),
      ...(comparison ? [comparison.values[at] ?? null] : []),
      isIncomplete(model, at) ? text.column.no : text.column.yes,
    ]),
  };
}

/** A point by its name, what is not over yet marked, with what happened then. */
function PointName(props: { model: PlotModel; marks: readonly Mark[]; at: number }) {
  const { model, at } = props;
  const marks = marksAt(model, props.marks, at).map((mark) => mark.label);
  return (
    <>
      {nameOf(model, at)}
      {noteOf(model, at) && <span class="quiet"> {noteOf(model, at)}</span>}
      {marks.length > 0 && <span class="quiet"> · {marks.join(", ")}</span>}
    </>
  );
}
