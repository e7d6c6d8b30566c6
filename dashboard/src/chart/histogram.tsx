import "./histogram.css";
import { formatCount, formatExact, formatPercent } from "../format/numbers.ts";

/**
 * Bars side by side over fixed bins, each with its value on top, so that nothing needs a pointer.
 * @param props.label what the chart shows: the summary sentence
 * @example <Histogram label="Half are older than 90 days." bins={[{ name: "0–6 d", value: 12 }]} />
 */
export function Histogram(props: {
  label: string;
  bins: readonly { name: string; value: number }[];
  unit?: "count" | "share";
}) {
  const most = Math.max(...props.bins.map((bin) => bin.value), 0) || 1;
  const share = props.unit === "share";
  return (
    <ol class="histogram" aria-label={props.label}>
      {props.bins.map(({ name, value }) => (
        <li key={name}>
          <span class="histogram-value number" title={share ? "" : formatExact(value)}>
            {share ? formatPercent(value) : formatCount(value)}
          </span>
          <span
            class="histogram-bar"
            aria-hidden="true"
            style={{ flexGrow: value / most, minBlockSize: value > 0 ? "2px" : "0" }}
          />
          <span class="histogram-space" aria-hidden="true" style={{ flexGrow: 1 - value / most }} />
          <span class="histogram-name">{name}</span>
        </li>
      ))}
    </ol>
  );
}
