import type { ComponentChildren } from "preact";
import type { Query } from "../api/query.ts";
import type { AsOf } from "../api/shell.ts";
import { compareLast, compareWith } from "../chart/compare.ts";
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
import { useNavigation } from "../state/navigation.ts";
import { useScope } from "../state/scope.ts";
import { text } from "../text/shell.ts";
import type { Cell } from "./csv.ts";
import { FigureCard } from "./figure-card.tsx";
import type { FigureTable } from "./figure-rows.tsx";

/**
 * A card whose answer is a chart with a scale along the bottom.
 * @param props.previous the answer for the days compared with, laid under the chart
 */
export function ChartCard<T extends AsOf>(props: {
  id: string;
  title: string;
  query: Query<T>;
  previous?: Query<T>;
  model: (data: T) => PlotModel;
  summary: (model: PlotModel) => string;
  definition: string | ((data: T) => string);
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
  const modelOf = useCompared(props.model, props.previous);
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

/** The model of an answer with the days before laid under it, where any are compared with. */
export function useCompared<T>(
  modelOf: (data: T) => PlotModel,
  previous: Query<T> | undefined,
): (data: T) => PlotModel {
  const { compare } = useNavigation().view;
  const before = previous?.data;
  if (compare === "off" || !before) return modelOf;
  return (data) => compareWith(modelOf(data), modelOf(before), text.compare.name[compare]);
}

function isEmpty(model: PlotModel): boolean {
  return model.series.every((series) => series.values.every((value) => !value));
}

/** A chart's points as rows, the days before beside each series. */
export function tableOf(model: PlotModel, marks: readonly Mark[]): FigureTable {
  const points = Array.from({ length: countPoints(model) }, (_, at) => at);
  const { comparison } = model;
  const then = comparison?.past
    ? comparison.past.map((each) => ({ ...each, id: `${each.name} compared_with` }))
    : comparison
      ? [{ ...comparison, id: "compared_with" }]
      : [];
  return {
    newestFirst: !model.days,
    columns: [
      {
        id: model.days ? "day" : model.interval,
        label: model.days ? text.column.dayNumber : text.column[model.interval],
        print: (_, at) => <PointName model={model} marks={marks} at={at} />,
      },
      ...model.series.flatMap((series, at) => [
        { id: series.name, label: series.name, unit: model.unit, ...printing(model) },
        ...(then[at] ? [{ id: then[at].id, label: then[at].name, unit: model.unit }] : []),
      ]),
      { id: "complete", label: text.column.complete, exportOnly: true },
    ],
    rows: points.map((at) => [
      model.days ? (model.days[at] ?? 0) : (model.starts[at] ?? ""),
      ...model.series.flatMap(({ values }, index) => [
        values[at] ?? null,
        ...(then[index] ? [then[index].values[at] ?? null] : []),
      ]),
      isIncomplete(model, at) ? text.column.no : text.column.yes,
    ]),
  };
}

/** How a model's values stand in its table, where it has its own way. */
const printing = ({ print }: PlotModel) =>
  print ? { print: (cell: Cell) => (typeof cell === "number" ? print(cell) : "–") } : {};

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
