import type { Query } from "../../api/query.ts";
import type { SignalRequests } from "../../api/signals.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summarise } from "../../chart/summary.ts";
import { formatShareExact } from "../../format/numbers.ts";
import { operationsText } from "../../text/operations.ts";
import { formatMilliseconds } from "./values.ts";

interface RequestsProps {
  query: Query<SignalRequests>;
  /** What the page is narrowed to, in words. */
  narrowed: string;
}

const frameOf = ({ interval, starts, incomplete }: SignalRequests) => ({
  ...({ kind: "line", interval, starts, incomplete } as const),
});

export function RequestsChart({ query, narrowed }: RequestsProps) {
  return (
    <ChartCard
      id="requests"
      class="wide"
      title={operationsText.requests}
      query={query}
      empty={operationsText.noRequests}
      definition={(data) =>
        operationsText.requestsFoot(operationsText.bucket[data.interval]) + narrowed
      }
      model={(data) => ({
        ...frameOf(data),
        unit: "count",
        series: [{ name: operationsText.requests, colour: "cat-1", values: data.series.count }],
      })}
      summary={(model) => summarise(model, operationsText.requests)}
    />
  );
}

export function ErrorsChart({ query, narrowed }: RequestsProps) {
  return (
    <ChartCard
      id="failed"
      class="narrow"
      title={operationsText.share}
      query={query}
      empty={query.data?.total.count === 0 ? operationsText.noRequests : operationsText.noErrors}
      definition={operationsText.shareFoot + narrowed}
      model={errorModel}
      summary={(model) => summarise(model, operationsText.share)}
    />
  );
}

/** A bucket without a request is a gap: there is no share to speak of. */
export function errorModel(data: SignalRequests): PlotModel {
  const { count, errors } = data.series;
  return {
    ...frameOf(data),
    unit: "share",
    series: [
      {
        name: operationsText.shareShort,
        colour: "cat-4",
        values: count.map((of, at) => (of > 0 ? (errors[at] ?? 0) / of : null)),
        notes: count.map((of, at) => formatShareExact(errors[at] ?? 0, of)),
      },
    ],
  };
}

export function DurationsChart({ query, narrowed }: RequestsProps) {
  return (
    <ChartCard
      id="durations"
      title={operationsText.durations}
      query={query}
      empty={operationsText.noRequests}
      definition={(data) =>
        operationsText.durationsFoot + operationsText.within(data.exact) + narrowed
      }
      model={(data) => ({
        ...frameOf(data),
        unit: "count",
        print: formatMilliseconds,
        series: (["p50", "p95", "p99"] as const).map((name, at) => ({
          ...{ name, values: data.series[name] },
          colour: `cat-${(at + 1) as 1 | 2 | 3}` as const,
        })),
      })}
      summary={(model) => summarise(model, operationsText.durations)}
    />
  );
}
