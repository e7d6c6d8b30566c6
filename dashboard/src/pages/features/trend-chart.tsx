import { type Query, useQuestion } from "../../api/query.ts";
import type { Events, EventTrend } from "../../api/usage.ts";
import { Card } from "../../card/card.tsx";
import { ChartCard } from "../../card/chart-card.tsx";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summarise } from "../../chart/summary.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { featuresText } from "../../text/features.ts";
import { eventColour } from "./selection.ts";

const METRICS = ["counts", "installs", "users"] as const;
type Metric = (typeof METRICS)[number];

export function TrendChart(props: { events: readonly string[]; waiting: Query<Events> }) {
  const { params, previous, interval } = useScope();
  const [choice, setMetric] = useChoice("metric", "counts");
  const metric = METRICS.find((each) => each === choice) ?? "counts";
  const asked = { event: props.events.join(","), interval };
  const any = props.events.length > 0;
  const query = useQuestion<EventTrend>("events/trend", any ? { ...params, ...asked } : null);
  const compared = previous && any ? { ...previous, ...asked } : null;
  const before = useQuestion<EventTrend>("events/trend", compared);
  if (!any) {
    return (
      <Card id="trend" title={featuresText.trend} query={props.waiting} tall>
        {() => <p class="card-empty">{featuresText.pick}</p>}
      </Card>
    );
  }
  return (
    <ChartCard
      id="trend"
      title={featuresText.trend}
      query={query}
      previous={before}
      definition={featuresText.trendFoot[metric]}
      model={(data) => trendModel(data, props.events, metric)}
      summary={(model) => summarise(model, subjectOf(model))}
      actions={
        <>
          <Segmented
            label={featuresText.metric.label}
            value={metric}
            onChange={setMetric}
            options={METRICS.map((each) => ({ value: each, label: featuresText.metric[each] }))}
          />
          <IntervalChoice />
        </>
      }
    />
  );
}

function trendModel(data: EventTrend, events: readonly string[], metric: Metric): PlotModel {
  return {
    kind: "line",
    unit: "count",
    interval: data.interval,
    starts: data.starts,
    incomplete: data.incomplete,
    series: events.flatMap((event, index) => {
      const found = data.series.find((series) => series.event === event);
      return found ? [{ name: event, colour: eventColour(index), values: found[metric] }] : [];
    }),
  };
}

function subjectOf({ series }: PlotModel): string {
  const [only, second] = series;
  return only && !second ? only.name : featuresText.trend;
}
