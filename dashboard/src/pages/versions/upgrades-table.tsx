import type { Upgrades } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { TableCard } from "../../card/table-card.tsx";
import { formatCount } from "../../format/numbers.ts";
import { valueName } from "../../format/values.ts";
import { useScope } from "../../state/scope.ts";
import { text } from "../../text/shell.ts";
import { versionsText } from "../../text/versions.ts";

const words = versionsText.upgrades;

/** From which version to which, most first. */
export function UpgradesTable() {
  const { params } = useScope();
  const query = useQuestion<Upgrades>("installs/upgrades", params);
  return (
    <TableCard
      id="upgrades"
      title={words.title}
      query={query}
      definition={words.foot}
      empty={words.empty}
      summary={({ total, downgrades }) =>
        words.summary(formatCount(total), total === 1, formatCount(downgrades))
      }
      table={({ rows }) => ({
        columns: [
          { id: "from", label: words.from, print: (version) => valueName(String(version)) },
          { id: "to", label: words.to, print: (version) => valueName(String(version)) },
          {
            id: "kind",
            label: words.kind,
            print: (_, at) => words.kinds[rows[at]?.kind ?? "upgrade"],
          },
          { id: "installs", label: text.column.installs, unit: "count" },
          { id: "median_days", label: words.median, unit: "count" },
        ],
        rows: rows.map((row) => [row.from, row.to, row.kind, row.installs, row.medianDays]),
      })}
    />
  );
}
