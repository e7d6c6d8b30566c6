import "./small-multiples.css";
import { LineChart } from "./line-chart.tsx";
import type { PlotModel } from "./model.ts";

const HEIGHT = 120;

/**
 * The same chart for several things, side by side: one value axis for all, cursors in step.
 * @param props.label what they show together: the summary sentence
 */
export function SmallMultiples(props: {
  label: string;
  plots: readonly { name: string; model: PlotModel }[];
}) {
  const most = Math.max(
    ...props.plots.flatMap(({ model }) =>
      model.series.flatMap((series) => series.values.map((value) => value ?? 0)),
    ),
    0,
  );
  return (
    <ul class="multiples" aria-label={props.label}>
      {props.plots.map(({ name, model }) => (
        <li key={name}>
          <h3>{name}</h3>
          <LineChart model={{ ...model, most }} label={`${name}.`} height={HEIGHT} />
        </li>
      ))}
    </ul>
  );
}
