import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useNavigation } from "../state/navigation.ts";
import { utcDay } from "../state/ranges.ts";
import { text } from "../text.ts";
import type { PlotModel } from "./model.ts";
import { seconds } from "./options.ts";
import { Legend } from "./swatch.tsx";
import { readAloud, Tooltip } from "./tooltip.tsx";
import { useKeyboard } from "./use-keyboard.ts";
import { usePlot, type Zoom } from "./use-plot.ts";
import { useSize } from "./use-size.ts";

/**
 * The one chart with a time axis: lines, or shares stacked as areas. Reads by pointer and by
 * keyboard; its zoom is the page's and lives in the address bar.
 * @param label what the chart shows, for the screen reader: the summary sentence
 */
export function LineChart({ model, label }: { model: PlotModel; label: string }) {
  const { view, change } = useNavigation();
  const frame = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const [pointed, setPointed] = useState<number | null>(null);
  const [engaged, setEngaged] = useState(false);
  const [spoken, setSpoken] = useState("");
  const zoom = useMemo<Zoom | null>(
    () => (view.zoom ? [seconds(view.zoom.from), seconds(view.zoom.to)] : null),
    [view.zoom?.from, view.zoom?.to],
  );
  const plot = usePlot(host, model, zoom, size, {
    onPoint: setPointed,
    onZoom: (next) => change({ zoom: next && snap(next) }),
  });
  const keyboard = useKeyboard(plot, model, (at) => {
    setEngaged(at !== null);
    setSpoken(at === null ? "" : readAloud(model, at));
  });
  useEffect(() => {
    if (pointed !== null && pointed >= model.starts.length) setPointed(null);
  }, [model.starts.length]);

  const at = engaged && pointed !== null && pointed < model.starts.length ? pointed : null;
  const left = at === null ? 0 : leftOf(plot.current, model, at);
  return (
    <div class="chart">
      <div
        class="plot"
        ref={frame}
        // The arrow keys are the chart's own while it has the focus.
        role="application"
        aria-roledescription="chart"
        aria-label={`${label} ${text.chart.keys}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the plot is read with the arrow keys
        tabIndex={0}
        onKeyDown={keyboard.onKeyDown}
        onFocus={keyboard.onFocus}
        onBlur={keyboard.onBlur}
        onPointerEnter={() => setEngaged(true)}
        onPointerLeave={() => setEngaged(false)}
      >
        <div ref={host} class="plot-host" />
        {at !== null && <Tooltip model={model} at={at} left={left} width={size.width} />}
      </div>
      <div class="visually-hidden" aria-live="polite" data-testid="chart-readout">
        {spoken}
      </div>
      <LegendWhereNeeded model={model} width={size.width} />
    </div>
  );
}

function LegendWhereNeeded({ model, width }: { model: PlotModel; width: number }) {
  const labelled = model.kind === "line" && model.series.length <= 4 && width >= 560;
  return model.series.length < 2 || labelled ? null : <Legend model={model} />;
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
  if (!plot) return 0;
  return plot.over.offsetLeft + plot.valToPos(seconds(model.starts[at] ?? ""), "x");
}
