import { useContext, useMemo, useRef, useState } from "preact/hooks";
import { useNavigation } from "../state/navigation.ts";
import { utcDay } from "../state/ranges.ts";
import { ScopeContext } from "../state/scope.ts";
import { text } from "../text/shell.ts";
import { MOST_END_LABELS } from "./end-labels.ts";
import { countPoints, type Mark, type PlotModel, placeOf, seconds } from "./model.ts";
import { Legend } from "./swatch.tsx";
import { readAloud, Tooltip } from "./tooltip.tsx";
import { useKeyboard } from "./use-keyboard.ts";
import { usePlot, type Zoom } from "./use-plot.ts";
import { useSize } from "./use-size.ts";

const NO_MARKS: readonly Mark[] = [];

/**
 * The one chart with a scale along the bottom: lines, stairs, stacked areas, or bars. Reads by pointer
 * and by keyboard; its zoom and its markers are the page's, the zoom lives in the address bar.
 * @param props.label what the chart shows, for the screen reader: the summary sentence
 * @param props.height in CSS pixels, for charts that stand beside others of their kind
 */
export function LineChart(props: { model: PlotModel; label: string; height?: number }) {
  const { model, label, height } = props;
  const { view, change } = useNavigation();
  const allMarks = useContext(ScopeContext)?.marks ?? NO_MARKS;
  // A small chart has no room for chips.
  const marks = model.days || height !== undefined ? NO_MARKS : allMarks;
  const frame = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(frame, height);
  const pointed = useRef<number | null>(null);
  const engaged = useRef(false);
  const [shown, setShown] = useState<number | null>(null);
  const [spoken, setSpoken] = useState("");
  const zoom = useMemo<Zoom | null>(
    () => (view.zoom && !model.days ? [seconds(view.zoom.from), seconds(view.zoom.to)] : null),
    [view.zoom?.from, view.zoom?.to, model.days === undefined],
  );
  const plot = usePlot(host, model, marks, zoom, size, {
    onPoint(at) {
      pointed.current = at;
      // The others follow the cursor on their canvas alone: only this one has a tooltip to draw.
      if (engaged.current) setShown(at);
    },
    onZoom: (next) => change({ zoom: next && snap(next) }),
  });
  const engage = (on: boolean) => {
    engaged.current = on;
    setShown(on ? pointed.current : null);
  };
  const keyboard = useKeyboard(plot, model, (at) => {
    engage(at !== null);
    setSpoken(at === null ? "" : readAloud(model, marks, at));
  });
  const at = shown !== null && shown < countPoints(model) ? shown : null;
  const left = at === null ? 0 : leftOf(plot.current, model, at);
  return (
    <div class="chart">
      <div
        class="plot"
        ref={frame}
        style={{ blockSize: `${size.height}px` }}
        // The arrow keys are the chart's own while it has the focus.
        role="application"
        aria-roledescription="chart"
        aria-label={`${label} ${text.chart.keys}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the plot is read with the arrow keys
        tabIndex={0}
        onKeyDown={keyboard.onKeyDown}
        onFocus={keyboard.onFocus}
        onBlur={keyboard.onBlur}
        onPointerEnter={() => engage(true)}
        onPointerLeave={() => engage(false)}
      >
        <div ref={host} class="plot-host" />
        {at !== null && (
          <Tooltip model={model} marks={marks} at={at} left={left} width={size.width} />
        )}
      </div>
      <div class="visually-hidden" aria-live="polite" data-testid="chart-readout">
        {spoken}
      </div>
      {height === undefined && <Legend model={model} labelled={isLabelled(model, size.width)} />}
    </div>
  );
}

/** Whether the lines wear their names at their ends. */
function isLabelled(model: PlotModel, width: number): boolean {
  const lines = model.kind === "line" || model.kind === "steps";
  return lines && model.series.length <= MOST_END_LABELS && width >= 560;
}

/** The days a dragged stretch touches. */
function snap(zoom: Zoom) {
  return { from: utcDay(new Date(zoom[0] * 1000)), to: utcDay(new Date(zoom[1] * 1000)) };
}

function leftOf(
  plot: { valToPos(value: number, scale: string): number; over: HTMLElement } | null,
  model: PlotModel,
  at: number,
): number {
  return plot ? plot.over.offsetLeft + plot.valToPos(placeOf(model, at), "x") : 0;
}
