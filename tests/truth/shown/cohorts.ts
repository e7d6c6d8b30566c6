import { bucketOf, dayOfText } from "../calendar.ts";
import { eventRetentionOf } from "../journeys.ts";
import { retentionOf } from "../over-time.ts";
import { type ShownCards, type ShownView, sum } from "./cards.ts";
import { type Cell, names } from "./cells.ts";

export function retentionPage(view: ShownView): ShownCards {
  const { asked, uses, choices, now, today } = view;
  const span = cohortSpan(view);
  const event = choices.by;
  if (event === undefined) return retentionCards(retentionOf(asked, span, now));
  const returning = choices.returning === "event" ? "event" : "base";
  return retentionCards(eventRetentionOf(uses, event, returning, span, today));
}

/** Cohorts as they are shown: of so many weeks, whatever the range. */
function cohortSpan({ span, choices }: ShownView) {
  const weeks = Number(choices.weeks ?? 12);
  return { ...span, from: bucketOf(span.to, "week") - 7 * (weeks - 1) };
}

/** @param retention the truth of the cohorts */
function retentionCards(retention: ReturnType<typeof retentionOf>): ShownCards {
  const { weeks, rows } = retention;
  if (rows.every(({ size }) => size === 0)) return { retention: {} };
  const shares = [1, 4, 8].flatMap((week): Cell[] => {
    const told = rows.filter(({ complete, counts }) => complete && (counts[week] ?? null) !== null);
    const whole = sum(told.map(({ size }) => size));
    const part = sum(told.map(({ counts }) => counts[week]!));
    return whole === 0 ? [] : [{ part, whole }, week];
  });
  const each = Array.from({ length: weeks }, (_, week) => week);
  return {
    retention: {
      rows: rows.toReversed().map(({ start, size, counts }) => ({
        ...{ "Week of": names.year(dayOfText(start)), Installs: size },
        ...Object.fromEntries(each.map((week) => [`Week ${week}`, counts[week]!])),
      })),
      drawn: rows
        .filter(({ size }) => size > 0)
        .toReversed()
        .map(({ start, size, counts }) => [
          names.short(dayOfText(start)),
          size,
          ...each.map((week): Cell => {
            const part = counts[week] ?? null;
            return part === null ? "not yet" : { part, whole: size };
          }),
        ]),
      summary: shares,
    },
  };
}
