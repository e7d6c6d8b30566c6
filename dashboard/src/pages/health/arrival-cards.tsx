import type { Arrivals } from "../../api/health.ts";
import type { Query } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { FigureCard } from "../../card/figure-card.tsx";
import { TableCard } from "../../card/table-card.tsx";
import { summarise } from "../../chart/summary.ts";
import { formatDay } from "../../format/dates.ts";
import { formatCount } from "../../format/numbers.ts";
import { useNavigation } from "../../state/navigation.ts";
import { printView } from "../../state/view.ts";
import { healthText } from "../../text/health.ts";
import { countIncomplete } from "../footprint/active-chart.tsx";
import { Strip } from "./strip.tsx";

const words = healthText.arrivals;

/** New installs by day: admitted by now, and not. */
export function ArrivalsCard({ query }: { query: Query<Arrivals> }) {
  return (
    <ChartCard
      id="arrivals"
      class="half"
      title={words.title}
      query={query}
      definition={words.foot}
      empty={words.empty}
      model={({ rows, interval }) => ({
        kind: "bars",
        unit: "count",
        interval,
        starts: rows.map(({ start }) => start),
        incomplete: countIncomplete(rows),
        series: [
          {
            name: words.admitted,
            colour: "cat-1",
            values: rows.map((row) => row.new - row.pending),
          },
          { name: words.pending, colour: "cat-2", values: rows.map(({ pending }) => pending) },
        ],
      })}
      summary={(model) => summarise(model, words.subject)}
    />
  );
}

/** The last two days by hour, and whether they are a flood. */
export function HoursCard({ query }: { query: Query<Arrivals> }) {
  const name = (start: string) => `${formatDay(start)} ${start.slice(11, 16)}`;
  return (
    <FigureCard
      id="arrival-hours"
      class="half"
      title={words.hoursTitle}
      query={query}
      definition={({ flood }) => words.hoursFoot(formatCount(flood.threshold))}
      empty={({ hours }) => (hours.new.every((count) => count === 0) ? words.hoursEmpty : false)}
      summary={({ flood, pending }) =>
        words.hoursSummary(
          formatCount(flood.last24h),
          formatCount(flood.median),
          formatCount(pending),
        )
      }
      chart={({ hours }, summary) => (
        <Strip
          label={summary}
          names={hours.starts.map(name)}
          series={[
            {
              name: words.admitted,
              values: hours.new.map((all, at) => all - (hours.pending[at] ?? 0)),
            },
            { name: words.pending, values: hours.pending },
          ]}
        />
      )}
      table={({ hours }) => ({
        newestFirst: true,
        columns: [
          { id: "hour", label: words.hour, print: (cell) => name(String(cell)) },
          { id: "new", label: words.new, unit: "count" },
          { id: "pending", label: words.pending, unit: "count" },
        ],
        rows: hours.starts.map((start, at) => [
          start,
          hours.new[at] ?? null,
          hours.pending[at] ?? null,
        ]),
      })}
    />
  );
}

/** Which ingest token brought the new installs of the last day, and whether it may bring so many. */
export function TokensCard({ query }: { query: Query<Arrivals> }) {
  const { view } = useNavigation();
  const choices = { section: "ingest-tokens" };
  return (
    <TableCard
      id="arrival-tokens"
      title={words.tokensTitle}
      query={query}
      definition={words.tokensFoot}
      empty={words.tokensEmpty}
      summary={({ flood }) => {
        const over = flood.tokens.filter((token) => token.over);
        if (over.length > 0) return words.tokensOver(formatCount(over.length), over.length === 1);
        const some = flood.tokens.some(({ budget }) => budget !== null);
        return some ? words.tokensWithin : words.tokensUnbudgeted;
      }}
      actions={
        <a class="button" href={printView({ ...view, page: "settings", choices })}>
          {words.toTokens}
        </a>
      }
      table={({ flood }) => ({
        columns: [
          { id: "token", label: words.token, class: "health-token" },
          { id: "last_24_hours", label: words.last24h, unit: "count" },
          { id: "budget", label: words.budget, unit: "count" },
          {
            id: "state",
            label: words.state,
            print: (_, at) => {
              const state = stateOf(flood.tokens[at]);
              return <span class={CLASS[state]}>{words.tokenState[state]}</span>;
            },
          },
          { id: "token_id", label: words.tokenId, exportOnly: true },
        ],
        rows: flood.tokens.map((token) => [
          ...[token.name, token.last24h, token.budget, stateOf(token), token.id],
        ]),
      })}
    />
  );
}

const CLASS = { over: "health-state firing", within: "health-state ok", none: "quiet" } as const;

function stateOf(token: Arrivals["flood"]["tokens"][number] | undefined): keyof typeof CLASS {
  if (!token || token.budget === null) return "none";
  return token.over ? "over" : "within";
}
