import { useQuestion } from "../../api/query.ts";
import type { ActiveInstalls } from "../../api/shell.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summarise } from "../../chart/summary.ts";
import { useScope } from "../../state/scope.ts";
import { footprintText } from "../../text/footprint.ts";

export function ActiveChart() {
  const { params, previous, interval, view } = useScope();
  const query = useQuestion<ActiveInstalls>("installs/active", { ...params, interval });
  const before = useQuestion<ActiveInstalls>(
    "installs/active",
    previous && { ...previous, interval },
  );
  const pending = view.admitted === "all";
  return (
    <ChartCard
      id="active"
      title={footprintText.active}
      query={query}
      previous={before}
      definition={footprintText.activeFoot(pending)}
      model={(data) => activeModel(data, pending)}
      summary={(model) => summarise(model, footprintText.active)}
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
        name: footprintText.active,
        colour: "cat-1",
        values: data.rows.map((row) => (pending ? row.installs : row.admitted)),
      },
    ],
    incomplete: countIncomplete(data.rows),
  };
}

/** How many buckets at the end are still filling. */
export function countIncomplete(rows: readonly { complete: boolean }[]): number {
  return rows.length - 1 - rows.findLastIndex((row) => row.complete);
}
