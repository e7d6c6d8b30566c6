import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Cell } from "../card/csv.ts";
import { DataTable } from "../card/data-table.tsx";
import { type FileType, saveAs } from "../card/save.ts";
import { reportText as text } from "../text/report.ts";
import type { Report } from "./types.ts";

const FILES: readonly FileType[] = ["csv", "json", "png"];

/** What a card shows, as rows: for its table and for export. */
export interface Rows {
  columns: string[];
  rows: Cell[][];
}

/** A titled figure with its sentence, its table, its export and its definition. */
export function FigureCard(props: {
  id: string;
  title: string;
  summary: string;
  definition: string;
  report: Report;
  table: Rows;
  /** Without a drawing the rows are the figure themselves. */
  hasTable?: boolean;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const { id, title, report, table, hasTable = true } = props;
  const [asTable, setAsTable] = useState(false);
  const figure = useRef<HTMLElement>(null);
  const about = { ...table, name: `${report.app}-${id}-${report.day}`, header: headerOf(props) };
  return (
    <section class={`card ${props.wide ? "wide" : ""}`} aria-labelledby={`title-${id}`}>
      <div class="card-head">
        <h2 id={`title-${id}`}>{title}</h2>
        <div class="card-actions">
          {hasTable && (
            <button type="button" class="button small-button" onClick={() => setAsTable(!asTable)}>
              {asTable ? text.asChart : text.asTable}
            </button>
          )}
          {FILES.map((type) => (
            <button
              key={type}
              type="button"
              class="button small-button"
              aria-label={text.download(text[type], title)}
              onClick={() => void saveAs(type, about, figure.current)}
            >
              {text[type]}
            </button>
          ))}
        </div>
      </div>
      <figure aria-labelledby={`title-${id}`} ref={figure}>
        {asTable ? <RowsTable label={title} table={table} /> : props.children}
        <figcaption class="summary">{props.summary}</figcaption>
      </figure>
      <p class="card-foot">{props.definition}</p>
    </section>
  );
}

function headerOf(props: {
  title: string;
  definition: string;
  report: Report;
}): [string, string][] {
  const { report } = props;
  return [
    ["Title", props.title],
    ["App", report.name],
    ...Object.entries(report.filters).map(([field, value]): [string, string] => [field, value]),
    ["Definition", props.definition],
    ["Rounded to", String(report.rounding)],
    ["Groups folded under", String(report.k)],
    ["Data until", String(report.day)],
  ];
}

/** The newest first: that is what is looked for. */
function RowsTable({ label, table }: { label: string; table: Rows }) {
  const rows = table.columns[0] === text.column.day ? [...table.rows].reverse() : table.rows;
  return (
    <DataTable
      label={label}
      rows={rows}
      keyOf={(row) => String(row[0])}
      columns={table.columns.map((column, at) => ({
        id: column,
        label: column,
        heads: at === 0,
        numeric: at > 0,
        cell: (row: Cell[]) => {
          const cell = row[at] ?? null;
          if (cell === null) return <span class="quiet">{text.notShown}</span>;
          return typeof cell === "number" ? cell.toLocaleString("en") : cell;
        },
      }))}
    />
  );
}
