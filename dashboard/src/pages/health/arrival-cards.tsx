import type { Arrivals } from "../../api/health.ts";
import type { Query } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { FigureCard } from "../../card/figure-card.tsx";
import { summarise } from "../../chart/summary.ts";
import { formatDay } from "../../format/dates.ts";
import { formatCount } from "../../format/numbers.ts";
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
      definition={({ flood }) =>
        words.hoursFoot(formatCount(flood.threshold), flood.budget !== null)
      }
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
