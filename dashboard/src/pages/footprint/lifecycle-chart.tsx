import type { Lifecycle } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import { isIncomplete, nameOf, type PlotModel, printValue } from "../../chart/model.ts";
import { lastPoint } from "../../chart/summary.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { footprintText } from "../../text/footprint.ts";
import { countIncomplete } from "./active-chart.tsx";

const words = footprintText.lifecycle;

/** Who came, stayed, came back, and went: diverging bars around zero. */
export function LifecycleChart(props: { class?: string }) {
  const { params, interval } = useScope();
  const [shown, show] = useChoice("lifecycle", "all");
  const query = useQuestion<Lifecycle>("installs/lifecycle", { ...params, interval });
  return (
    <ChartCard
      id="lifecycle"
      title={words.title}
      query={query}
      class={props.class ?? ""}
      definition={words.foot(words.bucket[interval])}
      model={(data) => lifecycleModel(data, shown !== "changes")}
      summary={summariseLifecycle}
      actions={
        <>
          <Segmented
            label={words.shown}
            value={shown === "changes" ? "changes" : "all"}
            onChange={show}
            options={[
              { value: "all", label: words.all },
              { value: "changes", label: words.changes },
            ]}
          />
          <IntervalChoice />
        </>
      }
    />
  );
}

/** @param returning whether those who simply stay are drawn; they dwarf the rest in a large fleet */
export function lifecycleModel(data: Lifecycle, returning: boolean): PlotModel {
  const { rows } = data;
  return {
    kind: "bars",
    unit: "count",
    interval: data.interval,
    starts: rows.map((row) => row.start),
    incomplete: countIncomplete(rows),
    series: [
      ...(returning
        ? [
            {
              name: words.returning,
              colour: "cat-1" as const,
              values: rows.map((row) => row.returning),
            },
          ]
        : []),
      { name: words.new, colour: "cat-3", values: rows.map((row) => row.new) },
      { name: words.resurrected, colour: "cat-2", values: rows.map((row) => row.resurrected) },
      {
        name: words.dormant,
        colour: "cat-4",
        values: rows.map((row) => (row.dormant === null ? null : -row.dormant)),
      },
    ],
  };
}

function summariseLifecycle(model: PlotModel): string {
  const at = lastPoint(model);
  const parts = model.series.flatMap((series) => {
    const value = series.values[at];
    return value == null ? [] : [`${printValue(model, value)} ${series.name.toLowerCase()}`];
  });
  const say = isIncomplete(model, at) ? words.summarySoFar : words.summary;
  return say(nameOf(model, at), parts);
}
