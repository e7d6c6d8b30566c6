import { useQuery } from "../../api/query.ts";
import type { ActiveInstalls } from "../../api/types.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summariseLine } from "../../chart/summary.ts";
import { questionKey, useScope } from "../../state/scope.ts";
import { text } from "../../text.ts";

export function ActiveChart() {
  const { params, interval, view } = useScope();
  const asked = { ...params, interval };
  const query = useQuery(questionKey("active", asked), (api, signal) => api.active(asked, signal));
  const pending = view.admitted === "all";
  return (
    <ChartCard
      id="active"
      title={text.overview.active}
      query={query}
      definition={text.overview.activeFoot(pending)}
      model={(data) => activeModel(data, pending)}
      summary={(model) =>
        summariseLine({
          ...model,
          subject: text.overview.activeSubject,
          values: model.series[0]?.values ?? [],
        })
      }
      actions={<IntervalChoice />}
    />
  );
}

function activeModel(data: ActiveInstalls, pending: boolean): PlotModel {
  return {
    kind: "line",
    unit: "count",
    interval: data.interval,
    starts: data.rows.map((row) => row.start),
    series: [
      {
        name: text.overview.active,
        colour: "cat-1",
        values: data.rows.map((row) => (pending ? row.installs : row.admitted)),
      },
    ],
    incomplete: data.rows.length - 1 - data.rows.findLastIndex((row) => row.complete),
  };
}
