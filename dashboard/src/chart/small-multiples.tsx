import "./small-multiples.css";
import { apart } from "./compare.ts";
import { LineChart } from "./line-chart.tsx";
import type { PlotModel } from "./model.ts";
import { ComparisonSwatch } from "./swatch.tsx";

const HEIGHT = 120;

/**
 * A chart of several lines as a small chart for each: one value axis for all, cursors in step.
 * @param props.label what they show together: the summary sentence
 */
export function SmallMultiples(props: { label: string; model: PlotModel }) {
  const plots = apart(props.model);
  const lines = plots.flatMap(({ model }) => [
    ...model.series.map(({ values }) => values),
    model.comparison?.values ?? [],
  ]);
  const most = Math.max(0, ...lines.flat().map((value) => value ?? 0));
  return (
    <>
      <ul class="multiples" aria-label={props.label}>
        {plots.map(({ name, model }) => (
          <li key={name}>
            <h3>{name}</h3>
            <LineChart model={{ ...model, most }} label={`${name}.`} height={HEIGHT} />
          </li>
        ))}
      </ul>
      {props.model.comparison?.period && (
        <ul class="legend">
          <li>
            <ComparisonSwatch />
            {props.model.comparison.period}
          </li>
        </ul>
      )}
    </>
  );
}
