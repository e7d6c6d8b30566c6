import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { drawEndLabels, endLabelRoom } from "./end-labels.ts";
import { drawVeil } from "./hatch.ts";
import { drawMarks, MARKS_ROOM } from "./marks.ts";
import type { Mark, PlotModel } from "./model.ts";
import { plotData, plotOptions } from "./options.ts";
import { onThemeChange } from "./theme.ts";

/** A stretch of the time axis, in seconds since 1970. */
export type Zoom = [from: number, to: number];

/** What the plot tells the component around it. */
export interface PlotEvents {
  onPoint(at: number | null): void;
  /** Null: back to the whole range. */
  onZoom(zoom: Zoom | null): void;
}

/**
 * Keeps a uPlot instance in `host` in step with the model: new numbers go into the instance, a new
 * shape or width builds another. The zoom is the caller's and survives both.
 * @returns the instance once its code has loaded
 */
export function usePlot(
  host: RefObject<HTMLDivElement | null>,
  model: PlotModel,
  marks: readonly Mark[],
  zoom: Zoom | null,
  size: { width: number; height: number },
  events: PlotEvents,
): RefObject<uPlot | null> {
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ model, marks, zoom, events });
  latest.current = { model, marks, zoom, events };
  const [Plot, setPlot] = useState<typeof uPlot | null>(null);
  const shape = JSON.stringify([
    model.kind,
    model.unit,
    model.interval,
    model.days !== undefined,
    model.comparison?.name,
    marks.length > 0,
    model.series.map((series) => [series.name, series.colour]),
  ]);
  const room = endLabelRoom(model, size.width);

  useEffect(() => {
    let wanted = true;
    void import("uplot").then((module) => wanted && setPlot(() => module.default));
    return () => {
      wanted = false;
    };
  }, []);

  useEffect(() => {
    if (!Plot || !host.current || size.width === 0) return;
    const current = () => latest.current.model;
    const instance = new Plot(
      {
        ...plotOptions(
          current,
          { ...size, labels: room, marks: latest.current.marks.length > 0 ? MARKS_ROOM : 0 },
          Plot.paths,
        ),
        legend: { show: false },
        cursor: {
          y: false,
          // A zoom is of whole days.
          drag: { x: !model.days && model.interval !== "hour", y: false, setScale: false, dist: 8 },
          points: model.kind === "line" || model.kind === "steps" ? { size: 9 } : { show: false },
          sync: {
            key: model.days ? "days" : "page",
            setSeries: false,
            scales: ["x", null],
            filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
          },
          bind: {
            // uPlot would only reset this instance's scale; the zoom belongs to the page.
            dblclick: () => () => {
              latest.current.events.onZoom(null);
              return null;
            },
          },
        },
        hooks: {
          setCursor: [(self) => latest.current.events.onPoint(self.cursor.idx ?? null)],
          setSelect: [
            (self) => {
              if (self.select.width < 8) return;
              const from = self.posToVal(self.select.left, "x");
              const to = self.posToVal(self.select.left + self.select.width, "x");
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              latest.current.events.onZoom([from, to]);
            },
          ],
          draw: [
            (self) => drawVeil(self, current()),
            (self) => room > 0 && drawEndLabels(self, current()),
            (self) => drawMarks(self, latest.current.marks),
          ],
        },
      },
      plotData(current()),
      host.current,
    );
    plot.current = instance;
    applyZoom(instance, latest.current.zoom);
    const unsubscribe = onThemeChange(() => instance.redraw(false));
    return () => {
      unsubscribe();
      instance.destroy();
      plot.current = null;
    };
  }, [Plot, shape, room, size.height, size.width === 0]);

  useEffect(() => {
    if (plot.current && size.width > 0) plot.current.setSize(size);
  }, [size.width, size.height]);

  useEffect(() => {
    if (!plot.current) return;
    plot.current.setData(plotData(model), false);
    applyZoom(plot.current, zoom);
  }, [model, marks, zoom?.[0], zoom?.[1]]);

  return plot;
}

function applyZoom(plot: uPlot, zoom: Zoom | null): void {
  const xs = plot.data[0] ?? [];
  const first = xs[0];
  const last = xs[xs.length - 1];
  if (first === undefined || last === undefined) return;
  // A zoom that holds fewer than two buckets of this chart would show nothing.
  const held = zoom ? Array.from(xs).filter((x) => inside(x, zoom)).length : 0;
  const [min, max] = zoom && held > 1 ? zoom : [first, last];
  plot.setScale("x", { min: Math.max(min, first), max: Math.min(max, last) });
}

function inside(x: number | undefined, zoom: Zoom): boolean {
  return x !== undefined && x >= zoom[0] && x <= zoom[1];
}
