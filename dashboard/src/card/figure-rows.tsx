import type { ComponentChildren } from "preact";
import {
  formatCount,
  formatExact,
  formatPercent,
  formatShare,
  formatShareExact,
} from "../format/numbers.ts";
import type { Cell } from "./csv.ts";
import { DataTable } from "./data-table.tsx";

/** One column of a figure's table: `id` names it in exports, `label` on the screen. */
export interface FigureColumn {
  id: string;
  label: string;
  /** Numbers are aligned to the right; a share (0.5 = half) is shown in percent. */
  unit?: "count" | "share";
  /** How a cell is shown, where its value alone would not do; `at` counts the rows. */
  print?: (cell: Cell, at: number) => ComponentChildren;
  /** The two counts behind a share, so that few things are shown as n/N; `at` counts the rows. */
  pair?: (at: number) => readonly [part: number, whole: number];
  /** "bar-cell" where `print` draws a bar behind the text. */
  class?: string;
  /** Only files have it. */
  exportOnly?: boolean;
}

/** What a figure shows, as rows: for "View as table" and for export. The first column names the row. */
export interface FigureTable {
  columns: FigureColumn[];
  rows: Cell[][];
  /** Rows in time read newest first on the screen; exports keep their order. */
  newestFirst?: boolean;
}

/**
 * A figure's table on the screen.
 * @param props.top only so many rows; all without it
 */
export function FigureRows(props: { label: string; table: FigureTable; top?: number }) {
  const { label, table, top } = props;
  const indexed = table.rows.map((cells, index) => ({ cells, index }));
  return (
    <DataTable
      label={label}
      rows={(table.newestFirst ? indexed.reverse() : indexed).slice(0, top)}
      keyOf={(row) => String(row.index)}
      columns={table.columns.flatMap((column, place) =>
        column.exportOnly
          ? []
          : {
              id: column.id,
              label: column.label,
              heads: place === 0,
              numeric: column.unit !== undefined,
              ...(column.class ? { class: column.class } : {}),
              cell: ({ cells, index }: (typeof indexed)[number]) =>
                printCell(column, cells[place] ?? null, index),
            },
      )}
    />
  );
}

function printCell(column: FigureColumn, cell: Cell, at: number): ComponentChildren {
  if (column.print) return column.print(cell, at);
  if (column.pair) {
    const [part, whole] = column.pair(at);
    return <span title={formatShareExact(part, whole)}>{formatShare(part, whole)}</span>;
  }
  if (cell === null) return "–";
  if (typeof cell === "string") return cell;
  if (column.unit === "share") return formatPercent(cell);
  return <span title={formatExact(cell)}>{formatCount(cell)}</span>;
}
