import type { HealthIngest } from "../../api/health.ts";
import type { Query } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { FigureCard } from "../../card/figure-card.tsx";
import { summarise } from "../../chart/summary.ts";
import { formatCount } from "../../format/numbers.ts";
import { healthText } from "../../text/health.ts";
import { countIncomplete } from "../footprint/active-chart.tsx";
import { Strip } from "./strip.tsx";

const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((all, value) => all + (value ?? 0), 0);

/** Said only where there is something to say. */
function putOff(limited: HealthIngest["rateLimited"]): string {
  if (!limited || limited.token + limited.install === 0) return "";
  const { token, install } = limited;
  return healthText.minutes.rateLimited(formatCount(token), formatCount(install));
}

/** The last hour as this collector received it. */
export function MinutesCard({ query }: { query: Query<HealthIngest> }) {
  const words = healthText.minutes;
  const clock = (start: string) => start.slice(11, 16);
  return (
    <FigureCard
      id="minutes"
      class="half"
      title={words.title}
      query={query}
      definition={words.foot}
      empty={({ minutes }) => (minutes === null ? words.none : false)}
      summary={({ minutes, rateLimited }) =>
        words.summary(
          formatCount(sum(minutes?.accepted ?? [])),
          formatCount(sum(minutes?.refused ?? [])),
        ) + putOff(rateLimited)
      }
      chart={({ minutes }, summary) => (
        <Strip
          label={summary}
          names={(minutes?.starts ?? []).map(clock)}
          series={[
            { name: words.accepted, values: minutes?.accepted ?? [] },
            { name: words.refused, values: minutes?.refused ?? [] },
          ]}
        />
      )}
      table={({ minutes }) => ({
        newestFirst: true,
        columns: [
          { id: "minute", label: words.minute, print: (cell) => clock(String(cell)) },
          { id: "accepted", label: words.accepted, unit: "count" },
          { id: "refused", label: words.refused, unit: "count" },
          { id: "dropped", label: words.dropped, unit: "count" },
        ],
        rows: (minutes?.starts ?? []).map((start, at) => [
          start,
          minutes?.accepted[at] ?? null,
          minutes?.refused[at] ?? null,
          minutes?.dropped[at] ?? null,
        ]),
      })}
    />
  );
}

/** Records by day, of each layer, and those refused. */
export function VolumeCard({ query }: { query: Query<HealthIngest> }) {
  const words = healthText.volume;
  return (
    <ChartCard
      id="volume"
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
          { name: words.base, colour: "cat-1", values: rows.map(({ base }) => base) },
          { name: words.events, colour: "cat-3", values: rows.map(({ events }) => events) },
          { name: words.refused, colour: "cat-2", values: rows.map(({ refused }) => refused) },
        ],
      })}
      summary={(model) => summarise(model, words.subject)}
    />
  );
}
