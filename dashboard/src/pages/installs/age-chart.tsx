import type { InstallAge } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { FigureCard } from "../../card/figure-card.tsx";
import { Histogram } from "../../chart/histogram.tsx";
import { formatCount, formatShare } from "../../format/numbers.ts";
import { useScope } from "../../state/scope.ts";
import { installsText } from "../../text/installs.ts";
import { text } from "../../text/shell.ts";

const words = installsText.age;

/** How old the active installs are, in fixed bins. */
export function AgeChart() {
  const { params } = useScope();
  const query = useQuestion<InstallAge>("installs/age", params);
  return (
    <FigureCard
      id="age"
      class="half"
      title={words.title}
      query={query}
      definition={(data) => words.foot(formatCount(data.active))}
      empty={(data) => data.active === 0}
      summary={summariseAge}
      chart={({ rows }, summary) => (
        <Histogram
          label={summary}
          bins={rows.map((row) => ({ name: words.bin[row.bin], value: row.installs }))}
        />
      )}
      table={({ rows, active }) => ({
        columns: [
          { id: "age", label: words.column },
          { id: "installs", label: text.column.installs, unit: "count" },
          {
            id: "share",
            label: text.column.share,
            unit: "share",
            pair: (at) => [rows[at]?.installs ?? 0, active],
          },
        ],
        rows: rows.map((row) => [words.bin[row.bin], row.installs, row.share]),
      })}
    />
  );
}

function summariseAge({ rows, active }: InstallAge): string {
  const most = rows.reduce((best, row) => (row.installs > best.installs ? row : best));
  return words.summary(formatShare(most.installs, active), words.bin[most.bin]);
}
