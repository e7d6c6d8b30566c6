import { DASHES, type PlotModel } from "./model.ts";
import type { ColourToken } from "./theme.ts";

/** A small piece of the line or layer itself, dashes included, so that colour is not alone. */
export function Swatch(props: { colour: ColourToken; kind: PlotModel["kind"]; index: number }) {
  if (props.kind === "area" || props.kind === "bars") {
    // The ends of the ramp need an edge to be seen on every ground.
    const style = { fill: `var(--${props.colour})`, stroke: "var(--text-3)" };
    return (
      <svg class="swatch" width="10" height="10" aria-hidden="true">
        <rect x="0.5" y="0.5" width="9" height="9" rx="2" style={style} />
      </svg>
    );
  }
  return <LineSwatch token={props.colour} dashes={DASHES[props.index] ?? []} />;
}

export function ComparisonSwatch() {
  return <LineSwatch token="other" dashes={[6, 4]} />;
}

function LineSwatch(props: { token: ColourToken; dashes: readonly number[] }) {
  return (
    <svg class="swatch" width="22" height="10" aria-hidden="true">
      <line
        x1="0"
        y1="5"
        x2="22"
        y2="5"
        stroke-width="2.5"
        stroke-dasharray={props.dashes.join(" ")}
        style={{ stroke: `var(--${props.token})` }}
      />
    </svg>
  );
}

/**
 * Names the series and the days compared with, where nothing else does.
 * @param props.labelled whether several lines wear their names at their ends
 */
export function Legend({ model, labelled }: { model: PlotModel; labelled: boolean }) {
  const compared = model.kind === "area" ? null : model.comparison;
  const many = model.series.length > 1;
  const named = many ? !labelled : compared != null;
  if (!named && !compared) return null;
  return (
    <ul class="legend">
      {named &&
        model.series.map((series, index) => (
          <li key={series.name}>
            <Swatch colour={series.colour} kind={model.kind} index={index} />
            {series.name}
          </li>
        ))}
      {compared && (
        <li>
          <ComparisonSwatch />
          {compared.name}
        </li>
      )}
    </ul>
  );
}
