import type { Survival } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { FigureCard } from "../../card/figure-card.tsx";
import { LineChart } from "../../chart/line-chart.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { formatShare, formatShareExact } from "../../format/numbers.ts";
import { useScope } from "../../state/scope.ts";
import { installsText } from "../../text/installs.ts";
import { text } from "../../text/shell.ts";

const words = installsText.survival;

/** How many of the installs are still there after so many days. */
export function SurvivalChart() {
  const { params } = useScope();
  const query = useQuestion<Survival>("installs/survival", params);
  return (
    <FigureCard
      id="survival"
      class="half"
      title={words.title}
      query={query}
      definition={words.foot}
      empty={({ rows }) => rows.length === 0 && words.empty}
      summary={summariseSurvival}
      chart={(data, summary) =>
        data.rows.length > 1 ? <LineChart model={survivalModel(data)} label={summary} /> : null
      }
      table={({ rows }) => ({
        columns: [
          { id: "days", label: words.days },
          { id: "alive", label: words.alive, unit: "count" },
          { id: "installs", label: text.column.installs, unit: "count" },
          {
            id: "share",
            label: text.column.share,
            unit: "share",
            pair: (at) => [rows[at]?.alive ?? 0, rows[at]?.installs ?? 0],
          },
        ],
        rows: rows.map((row) => [
          row.days,
          row.alive,
          row.installs,
          row.installs > 0 ? row.alive / row.installs : null,
        ]),
      })}
    />
  );
}

function survivalModel({ rows }: Survival): PlotModel {
  return {
    kind: "steps",
    unit: "share",
    interval: "day",
    starts: [],
    days: rows.map((row) => row.days),
    // The further back, the fewer installs there were: the end is what few of them tell.
    incomplete: rows.length - 1 - rows.findLastIndex((row) => !row.few),
    incompleteNote: words.few,
    series: [
      {
        name: words.series,
        colour: "cat-1",
        values: rows.map((row) => (row.installs > 0 ? row.alive / row.installs : null)),
        notes: rows.map((row) => formatShareExact(row.alive, row.installs)),
      },
    ],
  };
}

/** At four weeks when there are enough installs of that age, else as far as there are. */
function summariseSurvival({ rows }: Survival): string {
  const told = rows.filter((row) => !row.few);
  const row = told.findLast((each) => each.days <= 28) ?? rows.at(-1);
  return row ? words.summary(formatShare(row.alive, row.installs), row.days) : "";
}
