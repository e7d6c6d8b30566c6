import { formatDayAndYear } from "../format/dates.ts";
import { formatCount, formatExact, formatPercent } from "../format/numbers.ts";
import { reportText as text } from "../text/report.ts";
import { FigureCard } from "./figure-card.tsx";
import { Ranked, type RankedRow, shareOf } from "./ranked.tsx";
import { type Line, TimeChart } from "./time-chart.tsx";
import type { Breakdown, Report } from "./types.ts";

export const valueName = (value: string) => (value === "unknown" ? text.unknown : value);

export function Tiles({ report }: { report: Report }) {
  const { totals, installs, least } = report;
  const tiles =
    totals === null
      ? [{ name: text.tiles.month, value: installs, hint: "" }]
      : [
          {
            name: text.tiles.month,
            value: totals.month,
            hint: text.tiles.monthHint(formatCount(totals.day), formatCount(totals.week)),
          },
          { name: text.tiles.new, value: totals.new, hint: text.tiles.newHint },
          { name: text.tiles.churned, value: totals.churned, hint: text.tiles.churnedHint },
        ];
  return (
    <ul class="report-tiles" aria-label={text.tiles.label}>
      {tiles.map(({ name, value, hint }) => (
        <li key={name} class="card">
          <span class="report-tile-name">{name}</span>
          {value === null ? (
            <span class="report-tile-few">{text.few(formatExact(least ?? 0))}</span>
          ) : (
            <span class="report-tile-value number" title={formatExact(value)}>
              {formatCount(value)}
            </span>
          )}
          <span class="quiet small">{hint}</span>
        </li>
      ))}
      {totals !== null && (
        <li class="card">
          <span class="report-tile-name">{text.tiles.sharing}</span>
          <span class="report-tile-value number">{shareOf(totals.sharing, totals.month)}</span>
          <span class="quiet small">
            {text.tiles.sharingHint(formatCount(totals.sharing), formatCount(totals.month))}
          </span>
        </li>
      )}
    </ul>
  );
}

export function ActiveCard({ report }: { report: Report }) {
  const { active } = report;
  if (active === null || active.month.every((value) => value === null)) return null;
  const { days } = active;
  const lines: Line[] = [
    { name: text.active.month, values: active.month, colour: "var(--cat-1)" },
    ...(active.week
      ? [{ name: text.active.week, values: active.week, colour: "var(--cat-2)" }]
      : []),
    ...(active.day
      ? [{ name: text.active.day, values: active.day, colour: "var(--cat-3)", dashes: "8 4" }]
      : []),
  ];
  return (
    <FigureCard
      id="active"
      wide
      title={text.active.title}
      summary={activeSummary(days, active.month)}
      definition={active.week ? text.active.definition : text.active.only}
      report={report}
      table={{
        columns: [text.column.day, ...lines.map(({ name }) => name)],
        rows: days.map((day, at) => [day, ...lines.map(({ values }) => values[at] ?? null)]),
      }}
    >
      <TimeChart days={days} lines={lines} />
    </FigureCard>
  );
}

function activeSummary(days: readonly string[], values: readonly (number | null)[]): string {
  const known = days.flatMap((day, at): [string, number][] => {
    const value = values[at] ?? null;
    return value === null ? [] : [[formatDayAndYear(day), value]];
  });
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return text.active.none;
  if (known.length === 1) return text.active.one(formatCount(last[1]), last[0]);
  return text.active.summary(first[0], formatCount(first[1]), last[0], formatCount(last[1]));
}

/** The newest version is darkest; 7 of them at most. */
const rampColour = (place: number) => `var(--seq-${Math.max(2, 8 - place)})`;

export function VersionsCard({ report }: { report: Report }) {
  const { versions } = report;
  if (versions === null || versions.rows.length === 0) return null;
  const { days, rows } = versions;
  const lines = rows.map(
    ({ version, installs }, place): Line => ({
      name: version === null ? text.versions.other : valueName(version),
      values: installs,
      colour: version === null ? "var(--other)" : rampColour(place),
    }),
  );
  const last = (line: Line) => line.values.at(-1) ?? 0;
  const sum = lines.reduce((all, line) => all + last(line), 0);
  const named = lines.slice(0, rows.at(-1)?.version === null ? -1 : undefined);
  const [most] = [...named].sort((a, b) => last(b) - last(a));
  return (
    <FigureCard
      id="versions"
      wide
      title={text.versions.title}
      summary={
        most && sum > 0
          ? text.versions.summary(
              most.name,
              formatPercent(last(most) / sum),
              formatDayAndYear(days.at(-1) as string),
            )
          : ""
      }
      definition={text.versions.definition}
      report={report}
      table={{
        columns: [text.column.day, ...lines.map(({ name }) => name)],
        rows: days.map((day, at) => [day, ...lines.map(({ values }) => values[at] ?? null)]),
      }}
    >
      <TimeChart days={days} lines={lines} stacked />
    </FigureCard>
  );
}

export function BreakdownCard({ breakdown, report }: { breakdown: Breakdown; report: Report }) {
  const { field, other, withheld } = breakdown;
  const title = text.field[field];
  const least = formatExact(report.least ?? 0);
  const rows: RankedRow[] = [
    ...breakdown.rows.map(({ value, installs }) => ({ label: valueName(value), installs })),
    ...(other > 0 ? [{ label: text.other, installs: other, quiet: true }] : []),
  ];
  const whole = report.installs ?? rows.reduce((sum, { installs }) => sum + installs, 0);
  const [first] = rows;
  const note = withheld ? text.withheld(least) : text.breakdown.remainder(least);
  return (
    <FigureCard
      id={field}
      title={title}
      summary={
        first
          ? text.breakdown.summary(first.label, shareOf(first.installs, whole))
          : text.few(least)
      }
      definition={`${text.breakdown.definition} ${note}`}
      report={report}
      hasTable={false}
      table={{
        columns: [title, text.column.installs],
        rows: rows.map(({ label, installs }) => [label, installs]),
      }}
    >
      {first ? (
        <Ranked label={title} heading={title} rows={rows} whole={whole} />
      ) : (
        <p class="card-empty">{text.few(least)}</p>
      )}
    </FigureCard>
  );
}

export function EventsCard({ report }: { report: Report }) {
  const { events, totals } = report;
  if (events === null) return null;
  const whole = totals?.sharing ?? Math.max(0, ...events.map(({ installs }) => installs));
  const least = formatExact(report.least ?? 0);
  const [first] = events;
  return (
    <FigureCard
      id="events"
      title={text.events.title}
      summary={
        first ? text.events.summary(first.event, shareOf(first.installs, whole)) : text.few(least)
      }
      definition={text.events.definition(formatExact(whole))}
      report={report}
      hasTable={false}
      table={{
        columns: [text.events.event, text.column.installs],
        rows: events.map(({ event, installs }) => [event, installs]),
      }}
    >
      {first ? (
        <Ranked
          label={text.events.title}
          heading={text.events.event}
          rows={events.map(({ event, installs }) => ({ label: event, installs }))}
          whole={whole}
        />
      ) : (
        <p class="card-empty">{text.few(least)}</p>
      )}
    </FigureCard>
  );
}
