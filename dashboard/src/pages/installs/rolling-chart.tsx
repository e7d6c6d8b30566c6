import type { RollingInstalls } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summarise } from "../../chart/summary.ts";
import { useScope } from "../../state/scope.ts";
import { installsText } from "../../text/installs.ts";
import { countIncomplete } from "../footprint/active-chart.tsx";

const words = installsText.rolling;

/** Who was active on each day, and in the week and the four weeks that end with it. */
export function RollingChart() {
  const { params, previous } = useScope();
  const query = useQuestion<RollingInstalls>("installs/rolling", params);
  const before = useQuestion<RollingInstalls>("installs/rolling", previous);
  return (
    <ChartCard
      id="rolling"
      title={words.title}
      query={query}
      previous={before}
      definition={words.foot}
      model={rollingModel}
      summary={(model) => summarise(model, words.subject)}
    />
  );
}

function rollingModel({ rows }: RollingInstalls): PlotModel {
  return {
    kind: "line",
    unit: "count",
    interval: "day",
    starts: rows.map((row) => row.start),
    incomplete: countIncomplete(rows),
    series: [
      { name: words.month, colour: "cat-1", values: rows.map((row) => row.month) },
      { name: words.week, colour: "cat-2", values: rows.map((row) => row.week) },
      { name: words.day, colour: "cat-3", values: rows.map((row) => row.day) },
    ],
  };
}
