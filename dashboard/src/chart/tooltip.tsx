import { formatBucket } from "../format/dates.ts";
import { formatExact, formatPercent } from "../format/numbers.ts";
import { text } from "../text.ts";
import type { PlotModel } from "./model.ts";
import { Swatch } from "./swatch.tsx";

const MOST_ROWS = 8;

/** The rows of a tooltip, largest first. */
export function readBucket(model: PlotModel, at: number) {
  return model.series
    .flatMap((series, index) => {
      const value = series.values[at];
      return value === null || value === undefined ? [] : [{ series, index, value }];
    })
    .sort((a, b) => b.value - a.value);
}

/** One value as the tooltip and the readout say it: exact, with the pair behind a share. */
export function printValue(model: PlotModel, value: number): string {
  return model.unit === "share" ? formatPercent(value) : formatExact(value);
}

/** The bucket in words, for the live readout: "Sun, Nov 1, 2026: 5.10 52%, 5.9 31%". */
export function readAloud(model: PlotModel, at: number): string {
  const rows = readBucket(model, at).slice(0, MOST_ROWS);
  const many = model.series.length > 1;
  const values = rows.map(({ series, value }) =>
    many ? `${series.name} ${printValue(model, value)}` : printValue(model, value),
  );
  const still = isIncomplete(model, at) ? ` (${text.chart.incomplete})` : "";
  return `${formatBucket(model.starts[at] ?? "", model.interval)}${still}: ${values.join(", ")}`;
}

function isIncomplete(model: PlotModel, at: number): boolean {
  return at >= model.starts.length - model.incomplete;
}

/** What the cursor points at, beside it; kept inside the plot. */
export function Tooltip(props: { model: PlotModel; at: number; left: number; width: number }) {
  const { model, at, left, width } = props;
  const rows = readBucket(model, at);
  const flip = left > width / 2;
  return (
    <div
      class="tooltip"
      data-testid="chart-tooltip"
      style={flip ? { right: `${width - left + 12}px` } : { left: `${left + 12}px` }}
      aria-hidden="true"
    >
      <div class="tooltip-title">
        {formatBucket(model.starts[at] ?? "", model.interval)}
        {isIncomplete(model, at) && <span class="quiet"> {text.chart.incomplete}</span>}
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
    </div>
  );
}
