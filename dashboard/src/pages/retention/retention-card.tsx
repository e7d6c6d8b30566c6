import type { Params } from "../../api/api.ts";
import type { Retention } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import type { Events } from "../../api/usage.ts";
import { FigureCard } from "../../card/figure-card.tsx";
import { HeatTable } from "../../chart/heat-table.tsx";
import { formatDayAndYear } from "../../format/dates.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { retentionText as words } from "../../text/retention.ts";
import { cohortDays, heatRows, returnedBy } from "./cohorts.ts";

const WEEKS = ["8", "12", "26"] as const;
/** The weeks that the sentence under the table names. */
const TOLD_WEEKS = [1, 4, 8];

/** Who comes back: cohorts by first seen, or by the first use of an event. */
export function RetentionCard(props: { event: string; onEvent: (event: string) => void }) {
  const { params, days } = useScope();
  const { event } = props;
  const [written, setWeeks] = useChoice("weeks", "12");
  const weeks = WEEKS.find((each) => each === written) ?? "12";
  const [back, setBack] = useChoice("returning", "base");
  const returning = back === "event" ? "event" : "base";
  const asked: Params = { ...params, ...cohortDays(days.to, Number(weeks)) };
  const query = useQuestion<Retention>(
    event ? "retention/event" : "installs/retention",
    event ? { ...asked, event, returning } : asked,
  );
  return (
    <FigureCard
      id="retention"
      title={words.title}
      query={query}
      definition={`${event ? words.foot[returning](event) : words.foot.seen} ${words.foot.range}`}
      empty={({ rows }) => rows.every((row) => row.size === 0) && words.empty}
      summary={summariseRetention}
      actions={
        <>
          <EventSelect event={event} onEvent={props.onEvent} />
          {event && (
            <Segmented
              label={words.returning}
              value={returning}
              onChange={setBack}
              options={[
                { value: "base", label: words.returningBase },
                { value: "event", label: words.returningEvent },
              ]}
            />
          )}
          <Segmented
            label={words.weeks}
            value={weeks}
            onChange={setWeeks}
            options={WEEKS.map((each) => ({ value: each, label: words.weekCount(each) }))}
          />
        </>
      }
      chart={(data, summary) => (
        <HeatTable
          label={summary}
          heading={words.heading}
          unit={words.unit}
          columns={Array.from({ length: data.weeks }, (_, week) => String(week))}
          rows={heatRows(data)}
        />
      )}
      table={(data) => ({
        newestFirst: true,
        columns: [
          { id: "week", label: words.heading, print: (start) => formatDayAndYear(String(start)) },
          { id: "installs", label: words.size, unit: "count" },
          ...Array.from({ length: data.weeks }, (_, week) => ({
            id: `week_${week}`,
            label: words.week(week),
            unit: "count" as const,
          })),
        ],
        rows: data.rows.map((row) => [row.start, row.size, ...row.counts]),
      })}
    />
  );
}

function EventSelect(props: { event: string; onEvent: (event: string) => void }) {
  const { params } = useScope();
  const events = useQuestion<Events>("events", params);
  const known = (events.data?.rows ?? []).map((row) => row.event).sort();
  // An event of a link may not have come in this range.
  const names = props.event && !known.includes(props.event) ? [props.event, ...known] : known;
  return (
    <select
      class="field inline-field"
      aria-label={words.by}
      value={props.event}
      onChange={(change) => props.onEvent(change.currentTarget.value)}
    >
      <option value="">{words.firstSeen}</option>
      {names.length > 0 && (
        <optgroup label={words.firstUse}>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}

function summariseRetention(data: Retention): string {
  const parts = TOLD_WEEKS.flatMap((week) => {
    const share = returnedBy(data, week);
    return share === null ? [] : [words.summaryPart(share, week)];
  });
  return parts.length > 0 ? words.summary(parts) : words.tooYoung;
}
