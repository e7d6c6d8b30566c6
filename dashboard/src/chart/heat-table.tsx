import "./heat-table.css";
import { useRef } from "preact/hooks";
import { useOverflow } from "../card/use-overflow.ts";
import { formatCount, formatExact, formatShare, formatShareExact } from "../format/numbers.ts";
import { text } from "../text/shell.ts";

/**
 * One cell: a part of a whole (0 is a true zero), time that has not passed, or a group too small to
 * show.
 */
export type HeatCell =
  | { part: number; whole: number; filling?: boolean }
  | "not-yet"
  | "suppressed";

export interface HeatRow {
  name: string;
  /** How many the shares are of. */
  size: number;
  cells: readonly HeatCell[];
}

const LEVELS = 8;

/**
 * Rows of shares as a table whose cells are shaded in eight steps, the share written in each.
 * @param props.heading the head of the first column; @param props.unit the head over the columns
 * @example
 * <HeatTable label="…" heading="Week of" unit="Weeks since" columns={["0", "1"]}
 *   rows={[{ name: "Nov 2", size: 31, cells: [{ part: 31, whole: 31 }, "not-yet"] }]} />
 */
export function HeatTable(props: {
  label: string;
  heading: string;
  unit: string;
  columns: readonly string[];
  rows: readonly HeatRow[];
}) {
  const frame = useRef<HTMLDivElement>(null);
  const { overflows, more } = useOverflow(frame);
  const reachable = overflows ? { tabIndex: 0 } : {};
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a section would be one more landmark a card */}
      <div
        class={`table-scroll heat-scroll ${more ? "more" : ""}`}
        ref={frame}
        role="group"
        aria-label={props.label}
        {...reachable}
      >
        <table class="heat">
          <caption class="visually-hidden">{props.label}</caption>
          <thead>
            <tr>
              <td colSpan={2} />
              <th scope="colgroup" colSpan={props.columns.length}>
                {props.unit}
              </th>
            </tr>
            <tr>
              <th scope="col" class="row-head">
                {props.heading}
              </th>
              <th scope="col" class="number">
                {text.column.installs}
              </th>
              {props.columns.map((column) => (
                <th key={column} scope="col" class="heat-head">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.rows.map((row) => (
              <tr key={row.name}>
                <th scope="row" class="row-head">
                  {row.name}
                </th>
                <td class="number" title={formatExact(row.size)}>
                  {formatCount(row.size)}
                </td>
                {props.columns.map((column, at) => (
                  <Cell key={column} cell={row.cells[at] ?? "not-yet"} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Key rows={props.rows} />
    </>
  );
}

function Cell({ cell }: { cell: HeatCell }) {
  if (cell === "not-yet") {
    return (
      <td class="heat-cell heat-not-yet">
        <span class="visually-hidden">{text.heat.notYet}</span>
      </td>
    );
  }
  if (cell === "suppressed") {
    return (
      <td class="heat-cell heat-suppressed" title={text.heat.suppressed}>
        <span aria-hidden="true">*</span>
        <span class="visually-hidden">{text.heat.suppressed}</span>
      </td>
    );
  }
  const exact = formatShareExact(cell.part, cell.whole);
  return (
    <td
      class={`heat-cell ${cell.filling ? "heat-filling" : ""}`}
      data-level={levelOf(cell.part, cell.whole)}
      title={cell.filling ? `${exact}, ${text.chart.incomplete}` : exact}
    >
      {formatShare(cell.part, cell.whole)}
      {cell.filling && <span class="visually-hidden"> {text.chart.incomplete}</span>}
    </td>
  );
}

/** 0 for none at all, then eight equal steps. */
function levelOf(part: number, whole: number): number {
  return part <= 0 ? 0 : Math.min(LEVELS, 1 + Math.floor((part / whole) * LEVELS));
}

/** What the shades and the other cells mean; the last two only where there are such. */
function Key({ rows }: { rows: readonly HeatRow[] }) {
  const has = (kind: HeatCell) => rows.some((row) => row.cells.includes(kind));
  return (
    <ul class="legend heat-key">
      <li>
        <span class="heat-ramp" aria-hidden="true">
          {Array.from({ length: LEVELS + 1 }, (_, level) => (
            <span key={level} data-level={level} />
          ))}
        </span>
        {text.heat.ramp}
      </li>
      {has("not-yet") && (
        <li>
          <span class="heat-sample heat-not-yet" aria-hidden="true" />
          {text.heat.notYet}
        </li>
      )}
      {has("suppressed") && (
        <li>
          <span class="heat-sample heat-suppressed" aria-hidden="true">
            *
          </span>
          {text.heat.suppressed}
        </li>
      )}
    </ul>
  );
}
