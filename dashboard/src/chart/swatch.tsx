import { DASHES, type PlotModel } from "./model.ts";
import type { ColourToken } from "./theme.ts";

/** A small piece of the line or layer itself, dashes included, so that colour is not alone. */
export function Swatch(props: { colour: ColourToken; kind: PlotModel["kind"]; index: number }) {
  const stroke = { stroke: `var(--${props.colour})`, fill: `var(--${props.colour})` };
  if (props.kind === "area") {
    return (
      <svg class="swatch" width="10" height="10" aria-hidden="true">
        <rect width="10" height="10" rx="2" style={stroke} />
      </svg>
    );
  }
  return (
    <svg class="swatch" width="22" height="10" aria-hidden="true">
      <line
        x1="0"
        y1="5"
        x2="22"
        y2="5"
        stroke-width="2.5"
        stroke-dasharray={DASHES[props.index]?.join(" ") ?? ""}
        style={stroke}
      />
    </svg>
  );
}

/** Names the series where labels at their ends would not fit. */
export function Legend({ model }: { model: PlotModel }) {
  return (
    <ul class="legend">
      {model.series.map((series, index) => (
        <li key={series.name}>
          <Swatch colour={series.colour} kind={model.kind} index={index} />
          {series.name}
        </li>
      ))}
    </ul>
  );
}
