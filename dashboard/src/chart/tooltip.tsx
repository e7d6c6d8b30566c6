import { formatBucket } from "../format/dates.ts";
import { formatDifference } from "../format/numbers.ts";
import { text } from "../text/shell.ts";
import {
  heldAgainst,
  type Mark,
  marksAt,
  nameOf,
  noteOf,
  type PlotModel,
  printValue,
} from "./model.ts";
import { ComparisonSwatch, Swatch } from "./swatch.tsx";

const MOST_ROWS = 8;

/** The rows of a tooltip: largest first; bars as they are stacked, from the top. */
function readPoint(model: PlotModel, at: number) {
  const rows = model.series.flatMap((series, index) => {
    const value = series.values[at];
    return value === null || value === undefined ? [] : [{ series, index, value }];
  });
  return model.kind === "bars" ? rows : rows.sort((a, b) => b.value - a.value);
}

/** What stood at this place in the days compared with; null where there is none. */
function comparedAt(model: PlotModel, at: number) {
  const value = model.comparison?.values[at];
  if (value === null || value === undefined) return null;
  const start = model.comparison?.starts[at];
  const now = heldAgainst(model, at);
  return {
    // Of several series the line says which one it is of; of one it says which day.
    of: model.series.length > 1 && start ? model.comparison?.name : "",
    name: start ? formatBucket(start, model.interval) : (model.comparison?.name ?? ""),
    value: printValue(model, value),
    difference: now === null ? "" : formatDifference(now, value, model.unit),
  };
}

function nameMark(mark: Mark): string {
  return mark.kind === "release" ? text.chart.release(mark.label) : text.chart.note(mark.label);
}

/** The point in words, for the live readout: "Sun, Nov 1, 2026: 5.10 52%, 5.9 31%". */
export function readAloud(model: PlotModel, marks: readonly Mark[], at: number): string {
  const rows = readPoint(model, at).slice(0, MOST_ROWS);
  const many = model.series.length > 1;
  const values = rows.map(({ series, value }) =>
    many ? `${series.name} ${printValue(model, value)}` : printValue(model, value),
  );
  const compared = comparedAt(model, at);
  const note = noteOf(model, at);
  return [
    `${nameOf(model, at)}${note && ` (${note})`}: ${values.join(", ")}`,
    ...(compared
      ? [
          `${[compared.of, compared.name].filter(Boolean).join(", ")}: ${compared.value} (${compared.difference})`,
        ]
      : []),
    ...marksAt(model, marks, at).map(nameMark),
  ].join(". ");
}

/** What the cursor points at, beside it; kept inside the plot. */
export function Tooltip(props: {
  model: PlotModel;
  marks: readonly Mark[];
  at: number;
  left: number;
  width: number;
}) {
  const { model, at, left, width } = props;
  const rows = readPoint(model, at);
  const compared = comparedAt(model, at);
  const note = noteOf(model, at);
  const flip = left > width / 2;
  return (
    <div
      class="tooltip"
      data-testid="chart-tooltip"
      style={flip ? { right: `${width - left + 12}px` } : { left: `${left + 12}px` }}
      aria-hidden="true"
    >
      <div class="tooltip-title">
        {nameOf(model, at)}
        {note && <span class="quiet"> {note}</span>}
      </div>
      {rows.slice(0, MOST_ROWS).map(({ series, index, value }) => (
        <div class="tooltip-row" key={series.name}>
          <Swatch colour={series.colour} kind={model.kind} index={index} />
          <span class="tooltip-name">{series.name}</span>
          <span class="number">{printValue(model, value)}</span>
          {series.notes?.[at] && <span class="number quiet">{series.notes[at]}</span>}
        </div>
      ))}
      {rows.length > MOST_ROWS && (
        <div class="quiet">{text.chart.tooltipMore(rows.length - MOST_ROWS)}</div>
      )}
      {compared && (
        <>
          {compared.of && <div class="tooltip-name">{compared.of}</div>}
          <div class="tooltip-row">
            <ComparisonSwatch />
            <span class="tooltip-name">{compared.name}</span>
            <span class="number">{compared.value}</span>
          </div>
          {compared.difference && (
            <div class="tooltip-row">
              <span class="tooltip-name">{text.chart.difference}</span>
              <span class="number">{compared.difference}</span>
            </div>
          )}
        </>
      )}
      {marksAt(model, props.marks, at).map((mark) => (
        <div class="tooltip-mark" key={`${mark.kind} ${mark.label}`}>
          {nameMark(mark)}
        </div>
      ))}
    </div>
  );
}
