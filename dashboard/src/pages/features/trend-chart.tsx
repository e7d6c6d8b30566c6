import { type Query, useQuestion } from "../../api/query.ts";
import type { Events, EventTrend } from "../../api/usage.ts";
import { Card } from "../../card/card.tsx";
import { ChartCard } from "../../card/chart-card.tsx";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summariseLine, summariseMany } from "../../chart/summary.ts";
import { formatBucket } from "../../format/dates.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { featuresText } from "../../text/features.ts";
import { eventColour } from "./selection.ts";

type Metric = "counts" | "installs";

export function TrendChart(props: { events: readonly string[]; waiting: Query<Events> }) {
  const { params, interval } = useScope();
  const [choice, setMetric] = useChoice("metric", "counts");
  const metric: Metric = choice === "installs" ? "installs" : "counts";
  const asked = { ...params, event: props.events.join(","), interval };
  const query = useQuestion<EventTrend>("events/trend", props.events.length > 0 ? asked : null);
  if (props.events.length === 0) {
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
      definition={featuresText.trendFoot[metric]}
      model={(data) => trendModel(data, props.events, metric)}
      summary={summarise}
      actions={
        <>
          <Segmented
            label={featuresText.metric.label}
            value={metric}
            onChange={setMetric}
            options={[
              { value: "counts", label: featuresText.metric.counts },
              { value: "installs", label: featuresText.metric.installs },
            ]}
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

function summarise(model: PlotModel): string {
  const [only, second] = model.series;
  if (only && !second) {
    return summariseLine({ ...model, subject: only.name, values: only.values });
  }
  const at = Math.max(0, model.starts.length - model.incomplete - 1);
  return summariseMany(
    featuresText.trend,
    formatBucket(model.starts[at] ?? "", model.interval),
    model.series.map((series) => ({ name: series.name, value: series.values[at] ?? 0 })),
    "count",
  );
}
