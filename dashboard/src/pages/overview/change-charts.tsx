import type { Lifecycle } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summarise } from "../../chart/summary.ts";
import { useScope } from "../../state/scope.ts";
import { footprintText } from "../../text/footprint.ts";
import { overviewText } from "../../text/overview.ts";
import { countIncomplete } from "../footprint/active-chart.tsx";

type Part = "new" | "dormant";

/** Who came in each bucket. */
export function NewChart() {
  return (
    <ChangeChart part="new" title={overviewText.new} definition={() => overviewText.newFoot} />
  );
}

/** Who went in each bucket. */
export function DormantChart() {
  return (
    <ChangeChart
      part="dormant"
      title={overviewText.dormant}
      definition={(interval) => overviewText.dormantFoot(footprintText.lifecycle.bucket[interval])}
    />
  );
}

function ChangeChart(props: {
  part: Part;
  title: string;
  definition: (interval: Lifecycle["interval"]) => string;
}) {
  const { params, previous, interval } = useScope();
  const query = useQuestion<Lifecycle>("installs/lifecycle", { ...params, interval });
  const before = useQuestion<Lifecycle>(
    "installs/lifecycle",
    previous && { ...previous, interval },
  );
  return (
    <ChartCard
      id={props.part}
      title={props.title}
      query={query}
      previous={before}
      definition={props.definition(interval)}
      model={(data) => changeModel(data, props.part, props.title)}
      summary={(model) => summarise(model, props.title)}
      actions={<IntervalChoice />}
    />
  );
}

function changeModel(data: Lifecycle, part: Part, name: string): PlotModel {
  return {
    kind: "line",
    unit: "count",
    interval: data.interval,
    starts: data.rows.map((row) => row.start),
    series: [{ name, colour: "cat-1", values: data.rows.map((row) => row[part]) }],
    incomplete: countIncomplete(data.rows),
  };
}
