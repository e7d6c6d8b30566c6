import "./path-tree.css";
import type { Paths } from "../../api/usage.ts";
import { formatShare, formatShareExact } from "../../format/numbers.ts";
import { featuresText } from "../../text/features.ts";

const words = featuresText.paths;

/** The tree as a list: each step a bar as long as its part of all, deeper ones further in. */
export function PathTree({ data, label }: { data: Paths; label: string }) {
  return (
    <ol class="path-tree" aria-label={label}>
      {data.rows.map((row) => {
        const depth = row.kind === "event" ? row.path.length : row.path.length + 1;
        return (
          <li
            key={`${row.kind} ${row.path.join(">")}`}
            class={row.kind === "event" ? "path-row" : "path-row path-rest"}
            style={{ paddingInlineStart: `${(depth - 1) * 24}px` }}
          >
            <span class="path-name">
              <span
                class="bar"
                aria-hidden="true"
                style={{ inlineSize: `${(row.count / data.total) * 100}%` }}
              />
              <span class="bar-label">
                <PathArrow back={data.direction === "before"} />
                {nameOf(row, data.direction)}
              </span>
            </span>
            <span class="path-count" title={formatShareExact(row.count, data.total)}>
              {formatShare(row.count, data.total)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Drawn: not every font has arrows. */
function PathArrow({ back }: { back: boolean }) {
  return (
    <svg class="path-arrow" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      <path
        d={back ? "M9 5H1M4 2 1 5l3 3" : "M1 5h8M6 2l3 3-3 3"}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
      />
    </svg>
  );
}

/** The last step of a row in words. */
export function nameOf(row: Paths["rows"][number], direction: Paths["direction"]): string {
  if (row.kind === "end") return words.end[direction];
  return row.kind === "other" ? words.other : (row.path.at(-1) ?? "");
}
