import type { ComponentChildren } from "preact";
import { formatCount, formatExact, formatShare, formatShareExact } from "../format/numbers.ts";
import { text } from "../text/shell.ts";
import { DataTable } from "./data-table.tsx";
import { useNamed } from "./use-names.ts";

const TOP = 10;

export interface RankedRow {
  value: string;
  label: string;
  installs: number;
  lead?: ComponentChildren;
}

/**
 * Values by installs, largest first, each with a bar as long as its share: the top ten and the
 * rest as one row, or all. A row filters the page when `onPick` is given.
 * @param total what the shares are of; not the sum of rows where values were cut off
 */
export function RankedTable(props: {
  id: string;
  label: string;
  heading: string;
  rows: readonly RankedRow[];
  total: number;
  picked?: readonly string[];
  onPick?: (value: string) => void;
}) {
  const [showAll, toggleAll] = useNamed("more", props.id);
  const cut = props.rows.length > TOP && !showAll;
  const rest = props.rows.slice(TOP);
  const restInstalls = rest.reduce((sum, row) => sum + row.installs, 0);
  const rows: (RankedRow & { rest?: boolean })[] = cut
    ? [
        ...props.rows.slice(0, TOP),
        {
          value: "",
          label: text.card.other(formatCount(rest.length)),
          installs: restInstalls,
          rest: true,
        },
      ]
    : [...props.rows];
  return (
    <>
      <DataTable
        label={props.label}
        rows={rows}
        keyOf={(row) => (row.rest ? "rest" : `value ${row.value}`)}
        columns={[
          {
            id: "value",
            label: props.heading,
            heads: true,
            class: "bar-cell",
            cell: (row) => (
              <>
                <Bar share={props.total > 0 ? row.installs / props.total : 0} />
                <span class="bar-label">
                  {row.lead}
                  {props.onPick && !row.rest ? (
                    <button
                      type="button"
                      class="pick"
                      aria-pressed={props.picked?.includes(row.value) ?? false}
                      title={text.value.filterBy(row.label)}
                      onClick={() => props.onPick?.(row.value)}
                    >
                      {row.label}
                    </button>
                  ) : (
                    <span class={row.rest ? "quiet" : undefined}>{row.label}</span>
                  )}
                </span>
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
            cell: (row) => (
              <span title={formatShareExact(row.installs, props.total)}>
                {formatShare(row.installs, props.total)}
              </span>
            ),
          },
        ]}
      />
      {props.rows.length > TOP && (
        <button type="button" class="button plain show-all" onClick={toggleAll}>
          {showAll ? text.card.showTop : text.card.showAll(formatCount(props.rows.length))}
        </button>
      )}
    </>
  );
}

function Bar({ share }: { share: number }) {
  return <span class="bar" aria-hidden="true" style={{ inlineSize: `${share * 100}%` }} />;
}
