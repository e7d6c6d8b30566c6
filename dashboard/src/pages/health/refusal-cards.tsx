import type { Refusals, Senders, Unlisted } from "../../api/health.ts";
import type { Query } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { TableCard } from "../../card/table-card.tsx";
import { summarise } from "../../chart/summary.ts";
import { formatDay } from "../../format/dates.ts";
import { formatCount } from "../../format/numbers.ts";
import { DownloadIcon } from "../../shell/icons.tsx";
import { useScope } from "../../state/scope.ts";
import { healthText } from "../../text/health.ts";

/** "5.11.0, 5.10.0": who sends it, most first. */
function senders(versions: Senders): string {
  const { noVersion } = healthText.refusals;
  return versions.map(({ version }) => (version === "" ? noVersion : version)).join(", ");
}

/** Refused records as a part of all. */
export function ShareCard({ query }: { query: Query<Refusals> }) {
  const words = healthText.share;
  return (
    <ChartCard
      id="refused-share"
      class="half"
      title={words.title}
      query={query}
      definition={words.foot}
      empty={words.empty}
      model={({ series, interval, incomplete }) => ({
        kind: "line",
        unit: "share",
        interval,
        starts: series.starts,
        incomplete,
        series: [{ name: words.subject, colour: "cat-2", values: series.refusedShare }],
      })}
      summary={(model) => summarise(model, words.subject)}
    />
  );
}

/** What was refused or left out, why, and by which versions. */
export function RefusalsCard({ query }: { query: Query<Refusals> }) {
  const words = healthText.refusals;
  return (
    <TableCard
      id="refusals"
      title={words.title}
      query={query}
      definition={({ rows, groups }) => words.foot(formatCount(rows.length), formatCount(groups))}
      empty={words.empty}
      summary={({ total }) => words.summary(formatCount(total.refused), formatCount(total.dropped))}
      table={({ rows }) => ({
        columns: [
          { id: "reason", label: words.why, print: (cell) => words.reason[String(cell)] ?? cell },
          {
            id: "outcome",
            label: words.what,
            print: (cell) => words.outcome[cell === "refused" ? "refused" : "dropped"],
          },
          { id: "event", label: words.event },
          { id: "field", label: words.field },
          { id: "count", label: words.count, unit: "count" },
          { id: "versions", label: words.versions },
          { id: "first_day", label: words.last, exportOnly: true },
          { id: "last_day", label: words.last, print: (cell) => formatDay(String(cell)) },
        ],
        rows: rows.map((row) => [
          ...[row.reason, row.outcome, row.event || "–", row.field || "–", row.count],
          ...[senders(row.versions), row.firstDay, row.lastDay],
        ]),
      })}
    />
  );
}

/** Events that the catalogue does not list; the draft has them. */
export function UnlistedCard({ query }: { query: Query<Unlisted> }) {
  const { view } = useScope();
  const words = healthText.unlisted;
  const some = (query.data?.rows.length ?? 0) > 0;
  return (
    <TableCard
      id="unlisted"
      class="half"
      title={words.title}
      query={query}
      definition={words.foot}
      empty={words.empty}
      summary={({ rows, groups }) => {
        const records = rows.reduce((all, { count }) => all + count, 0);
        return words.summary(formatCount(groups), groups === 1, formatCount(records));
      }}
      actions={
        some && (
          <a
            class="button"
            title={words.addHint}
            href={`/api/v1/catalogue/draft?app=${encodeURIComponent(view.app)}`}
            download={`${view.app}-catalogue-draft.json`}
          >
            <DownloadIcon /> {words.add}
          </a>
        )
      }
      table={({ rows }) => ({
        columns: [
          { id: "event", label: words.event },
          { id: "count", label: words.count, unit: "count" },
          { id: "versions", label: words.versions },
          { id: "first_day", label: words.first, exportOnly: true },
          { id: "last_day", label: words.last, print: (cell) => formatDay(String(cell)) },
        ],
        rows: rows.map((row) => [
          ...[row.event, row.count, senders(row.versions), row.firstDay, row.lastDay],
        ]),
      })}
    />
  );
}
