import { formatInstant } from "../format/dates.ts";
import { formatCount, formatExact, formatShare } from "../format/numbers.ts";
import { useScope } from "../state/scope.ts";
import { hasFilters } from "../state/view.ts";
import { text } from "../text/shell.ts";

/** What every number on the page is a number of: who reports, who waits, who shares, until when. */
export function Denominator() {
  const { summary, view } = useScope();
  const counts = summary.data;
  if (!counts) return <p class="denominator skeleton-line" aria-hidden="true" />;
  const pending = formatCount(counts.pending);
  const parts = [
    text.denominator.reports(formatCount(counts.active.month), counts.active.month === 1),
    view.admitted === "all"
      ? text.denominator.pendingIncluded(pending)
      : text.denominator.pending(pending),
  ];
  const brief = counts.underADay;
  const rest = [
    ...(counts.active.month > 0
      ? [text.denominator.sharing(formatShare(counts.sharingDetailed, counts.active.month))]
      : []),
    text.denominator.until(formatInstant(counts.asOf, new Date())),
    ...(brief > 0
      ? [
          view.lifetime === "day_or_more"
            ? text.denominator.underADayOut(formatCount(brief))
            : text.denominator.underADay(formatCount(brief)),
        ]
      : []),
    ...(hasFilters(view.filters) ? [text.denominator.filtered] : []),
  ];
  return (
    <p
      class={`denominator ${summary.outdated ? "outdated" : ""}`}
      data-testid="denominator"
      title={formatExact(counts.active.month)}
    >
      <span class="visually-hidden">{text.denominator.label}: </span>
      <span>{parts.join(", ")}</span>
      {rest.map((part) => (
        <span key={part}>; {part}</span>
      ))}
    </p>
  );
}
