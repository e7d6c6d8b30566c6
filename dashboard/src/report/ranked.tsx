import { useState } from "preact/hooks";
import { DataTable } from "../card/data-table.tsx";
import { formatCount, formatExact, formatShare } from "../format/numbers.ts";
import { reportText as text } from "../text/report.ts";

const TOP = 10;

export interface RankedRow {
  label: string;
  installs: number;
  quiet?: boolean;
}

/** A part of the whole; rounding may make it a little more than all of it. */
export const shareOf = (installs: number, whole: number) =>
  formatShare(Math.min(installs, whole), whole);

/** Values with a bar as long as their share, most first. */
export function Ranked(props: {
  label: string;
  heading: string;
  rows: RankedRow[];
  whole: number;
}) {
  const { rows, whole } = props;
  const [all, setAll] = useState(false);
  const cut = rows.length > TOP + 1 && !all;
  return (
    <>
      <DataTable
        label={props.label}
        rows={cut ? rows.slice(0, TOP) : rows}
        keyOf={(row) => `${row.quiet} ${row.label}`}
        columns={[
          {
            id: "value",
            label: props.heading,
            heads: true,
            class: "bar-cell",
            cell: (row) => (
              <>
                <span
                  class="bar"
                  aria-hidden="true"
                  style={{ inlineSize: `${Math.min(1, row.installs / Math.max(1, whole)) * 100}%` }}
                />
                <span class={`bar-label ${row.quiet ? "report-other" : ""}`}>{row.label}</span>
              </>
            ),
          },
          {
            id: "installs",
            label: text.column.installs,
            numeric: true,
            cell: (row) => (
              <span title={formatExact(row.installs)}>{formatCount(row.installs)}</span>
            ),
          },
          {
            id: "share",
            label: text.column.share,
            numeric: true,
            cell: (row) => shareOf(row.installs, whole),
          },
        ]}
      />
      {rows.length > TOP + 1 && (
        <button type="button" class="button plain show-all" onClick={() => setAll(!all)}>
          {all ? text.showTop : text.showAll(formatCount(rows.length))}
        </button>
      )}
    </>
  );
}
