import { formatDifference, formatShare, formatShareExact } from "../format/numbers.ts";
import { text } from "../text/shell.ts";

interface Part {
  part: number;
  whole: number;
}

/**
 * A share as a dot between 0 and 100 %, with a tick where it stood in the days compared with, and its
 * numbers beside it.
 * @example <DotPlot part={312} whole={804} previous={{ part: 280, whole: 790 }} />
 */
export function DotPlot({ part, whole, previous }: Part & { previous?: Part | null }) {
  const now = ratio({ part, whole });
  const before = previous && previous.whole > 0 ? ratio(previous) : null;
  const title = [
    formatShareExact(part, whole),
    ...(previous && before !== null
      ? [
          `${text.compare.before}: ${formatShareExact(previous.part, previous.whole)}`,
          formatDifference(now, before, "share"),
        ]
      : []),
  ].join("; ");
  return (
    <span class="dot-plot" title={title}>
      <span class="dot-track" aria-hidden="true">
        <span class="dot-line" style={{ inlineSize: `${now * 100}%` }} />
        {before !== null && (
          <span class="dot-before" style={{ insetInlineStart: `${before * 100}%` }} />
        )}
        <span class="dot" style={{ insetInlineStart: `${now * 100}%` }} />
      </span>
      <span class="number">{formatShare(part, whole)}</span>
      {before !== null && <span class="visually-hidden">{title}</span>}
    </span>
  );
}

function ratio({ part, whole }: Part): number {
  return whole > 0 ? Math.min(1, part / whole) : 0;
}
