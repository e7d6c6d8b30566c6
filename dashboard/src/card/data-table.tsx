import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { text } from "../text/shell.ts";
import { useOverflow } from "./use-overflow.ts";

/** One column; `sortable` ones have a button in their head. */
export interface Column<Row> {
  id: string;
  label: string;
  numeric?: boolean;
  sortable?: boolean;
  /** Names the row: its cell is a row header and stays in sight on a phone. */
  heads?: boolean;
  class?: string;
  cell: (row: Row) => ComponentChildren;
}

export interface Sort {
  column: string;
  descending: boolean;
}

/** Rows as given: sorting and cutting are the caller's, so that they can live in the address bar. */
export function DataTable<Row>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  sort?: Sort;
  onSort?: (column: string) => void;
}) {
  const { columns, sort } = props;
  const frame = useRef<HTMLDivElement>(null);
  // What scrolls must be reachable with the keyboard; what does not must not cost a press of Tab.
  const { overflows, more } = useOverflow(frame);
  const reachable = overflows ? { tabIndex: 0 } : {};
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be one more landmark a card
    <div
      class={more ? "table-scroll more" : "table-scroll"}
      ref={frame}
      role="group"
      aria-label={props.label}
      {...reachable}
    >
      <table>
        <caption class="visually-hidden">{props.label}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                class={classOf(column)}
                aria-sort={
                  sort?.column !== column.id
                    ? undefined
                    : sort.descending
                      ? "descending"
                      : "ascending"
                }
              >
                {column.sortable && props.onSort ? (
                  <button type="button" class="sort" onClick={() => props.onSort?.(column.id)}>
                    <span>{column.label}</span>
                    <span class="sort-mark" aria-hidden="true">
                      {sort?.column !== column.id ? "" : sort.descending ? "↓" : "↑"}
                    </span>
                  </button>
                ) : (
                  column.label
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.keyOf(row)}>
              {columns.map((column) =>
                column.heads ? (
                  <th key={column.id} scope="row" class={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {props.rows.length === 0 && <p class="table-empty">{text.card.empty}</p>}
    </div>
  );
}

function classOf<Row>(column: Column<Row>): string | undefined {
  const names = [column.numeric && "number", column.heads && "row-head", column.class];
  return names.filter(Boolean).join(" ") || undefined;
}
